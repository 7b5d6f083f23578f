"""Themes: groups of open concerns about the same, for staff to name and to pass on together."""
