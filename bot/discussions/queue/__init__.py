"""The question queue of a session: asked, upvoted, approved, taken on stage, answered."""
