"""Dumb places for files that are written once."""
