"""Discussions: sessions from plan to archive, series, and what is published of them."""
