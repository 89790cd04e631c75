"""iCalendar (RFC 5545, RFC 7986, vCalendar 1.0) in both directions: events, tasks and notes as Graph tells of them."""
