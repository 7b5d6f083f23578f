"""The knowledge base: reviewed entries, found by a person's own words, shown word for word."""
