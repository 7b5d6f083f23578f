"""The desk on a simulated Discord in a local browser: `commonplace demo`."""
