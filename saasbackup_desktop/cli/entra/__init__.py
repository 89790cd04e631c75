"""A tenant's directory on the command line."""
