"""Joining instead of repeating: a concern that others raised too is offered, to add a voice to."""
