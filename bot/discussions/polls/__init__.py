"""Polls: a question with options, on Discord's own or the desk's, counted plainly."""
