"""What would be written to bring a directory back: pure, asks nobody."""
