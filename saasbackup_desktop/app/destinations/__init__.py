"""Places outside that exports are sent to: what they are, how they are kept, and whether they work."""
