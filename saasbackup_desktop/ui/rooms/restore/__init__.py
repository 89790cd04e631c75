"""Bringing things back: restore and migrate, always with a plan before the first write."""
