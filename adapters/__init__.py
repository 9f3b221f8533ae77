"""Protocols and providers as pure functions and tables: no I/O, no clock, no randomness but what is passed in."""
