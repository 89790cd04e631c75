"""One process keeps a home at work: its vault, its jobs and what is due; window and command line speak to it."""
