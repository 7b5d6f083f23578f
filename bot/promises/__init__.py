"""Promises: what the community was promised, what shows it, when it is due, and how it stands."""
