"""Backup tasks in the window: their cards, their sheet, and what they wait for."""
