"""TO SAY: one sentence on what this room is for."""
