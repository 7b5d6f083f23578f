"""Briefs: what the desk passes on to a third party, for the people who allowed it."""
