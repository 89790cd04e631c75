"""Pretend the world outside: made-up mail and servers on loopback, for the demonstration and the tests."""
