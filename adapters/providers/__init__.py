"""The catalogue: what is known of each provider, as rows. The table of all rows is adapters/registry.py."""
