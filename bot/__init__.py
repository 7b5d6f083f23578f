"""Commonplace: the community desk of an open-licensing non-profit, on Discord."""

__version__ = "0.1.0"
