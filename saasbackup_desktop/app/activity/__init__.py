"""What happened in a home, and a record of it that cannot be changed unseen."""
