"""Flows that cross two domains, one file each."""
