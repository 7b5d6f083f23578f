"""Storms: when far more people come, or write, than a server can look after at once."""
