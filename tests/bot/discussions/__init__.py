"""Tests of bot.discussions."""
