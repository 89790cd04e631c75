"""Files that leave the program in forms that others open."""
