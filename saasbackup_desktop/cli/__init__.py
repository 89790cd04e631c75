"""The command line: the application without its window."""
