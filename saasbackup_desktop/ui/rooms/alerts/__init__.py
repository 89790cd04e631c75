"""Unusual changes: a strip where they matter, and the list of them."""
