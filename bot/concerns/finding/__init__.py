"""Finding concerns again: by their words, by likeness, by what they have in common."""
