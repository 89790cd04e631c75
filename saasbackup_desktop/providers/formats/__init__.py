"""What bytes say: mail read for lists, search and preview. Pure functions that never raise, whatever they are given."""
