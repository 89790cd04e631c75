"""Jobs and questions about a directory: compare, plan, bring back."""
