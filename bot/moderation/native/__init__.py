"""Discord's own AutoMod: what it can block before anybody sees it, kept in step with the rules."""
