"""Privacy: what the desk keeps of people, exported to them, erased for them, and not for ever."""
