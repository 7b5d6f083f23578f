"""Guests of sessions: people who are invited to answer, and looked after."""
