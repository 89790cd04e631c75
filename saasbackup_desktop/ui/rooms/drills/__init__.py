"""Restore drills: what was proven restorable, and how to prove it."""
