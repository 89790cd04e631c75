"""The pretend directory: all that Entra and Intune keep, its rules, its recycle bin and its changes."""
