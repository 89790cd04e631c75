"""The words of the trade: values and promises. Standard library only; no I/O, no clock, no logging."""
