"""Everything that runs: the Serve wiring and the only code that opens connections to providers."""
