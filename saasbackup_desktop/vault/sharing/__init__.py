"""More than one at a time, and more than one place: leases, retention locks, mirrors."""
