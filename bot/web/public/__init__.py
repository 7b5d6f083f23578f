"""The web form: concerns from a browser, without Discord, a script or an account."""
