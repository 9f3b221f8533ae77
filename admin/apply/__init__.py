"""Configuration as code: compare a document with the stored objects, then do exactly what the comparison says."""
