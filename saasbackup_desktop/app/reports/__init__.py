"""Reports of what was protected, what failed and what came back, for people and for auditors."""
