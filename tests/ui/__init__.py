"""The window, with a stand-in for the application behind it."""
