"""Restore drills: what was proven restorable, and when."""
