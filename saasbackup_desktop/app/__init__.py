"""What a person can do here, without a window: the desk, its flows, its words."""
