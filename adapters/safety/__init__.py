"""Safety rules: what may not go to a provider or to a client. Finds, masks and blocks in texts; does no I/O."""
