"""Events, tasks and notes of Graph's, written as iCalendar (RFC 5545, RFC 7986)."""
