"""Microsoft 365 on the command line."""
