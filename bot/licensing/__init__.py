"""The legal tools of Creative Commons: what each says, what goes with what, and how to credit."""
