"""Topic pages: what is known about one matter, from where and how surely, and what is not known."""
