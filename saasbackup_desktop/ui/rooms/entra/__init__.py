"""Directories: what is kept of them, how two moments differ, and how what was lost is brought back."""
