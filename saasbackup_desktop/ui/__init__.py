"""The window: it shows what the desk says and asks it to act."""
