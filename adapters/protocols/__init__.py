"""One folder per wire protocol, the same file names in each."""
