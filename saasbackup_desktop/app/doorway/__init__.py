"""The parts of the one door: what a person can do here, by what it is about."""
