"""Reports, in the window: chosen, looked at, and saved."""
