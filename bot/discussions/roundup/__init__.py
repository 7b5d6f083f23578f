"""Round-ups: what came of a session, for those who were not there."""
