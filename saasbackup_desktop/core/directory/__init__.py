"""Objects of a directory: what they are, how two states differ, what a person picked, and what would be written."""
