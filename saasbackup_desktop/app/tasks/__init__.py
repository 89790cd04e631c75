"""Backup tasks: what is backed up when, how long it is kept, and what was missed."""
