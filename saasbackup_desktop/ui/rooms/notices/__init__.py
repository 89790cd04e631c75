"""Notices: who is told of what, by which way, and what was sent."""
