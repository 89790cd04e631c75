"""What stands around the rooms: the window, its navigation and its status bar."""
