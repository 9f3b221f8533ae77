"""What the admin API reads and writes on the wire, one noun per file; no database and no HTTP here."""
