"""Moderation: the rules, what checks messages against them, and what follows."""
