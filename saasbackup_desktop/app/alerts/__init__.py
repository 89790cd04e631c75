"""Alerts: what was unusual in a backup, until somebody has looked at it."""
