"""What moves: backup, restore, migration and checks, as jobs on a loop of their own."""
