"""What the reliability commands share: a Discord on this machine, and desks to be killed."""
