"""Brakes: one thread or channel slowed down for a while, when many turn on one person."""
