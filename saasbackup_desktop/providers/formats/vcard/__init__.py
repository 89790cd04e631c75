"""vCard (2.1, 3.0, 4.0) in both directions: contacts as Graph tells of them, and groups of them."""
