"""The command line of exports: take items out of the vault, look after the files, and check them."""
