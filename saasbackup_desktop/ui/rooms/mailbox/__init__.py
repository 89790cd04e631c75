"""Browsing a mailbox at any point in time."""
