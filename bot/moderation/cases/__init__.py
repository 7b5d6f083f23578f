"""Moderation cases: what moderators did and why, what members reported, and what they appealed."""
