"""E-mail over the network: the hook that takes messages, and the sender of letters."""
