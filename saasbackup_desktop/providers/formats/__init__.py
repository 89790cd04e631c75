"""What bytes say: items read for lists, search, preview. Pure functions that never raise, whatever they are given."""
