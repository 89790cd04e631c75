"""How a mailbox is set up: settings, rules, categories, sharing of the calendar."""
