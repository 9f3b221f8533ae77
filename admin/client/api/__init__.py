"""The operations of the admin API, a module per tag. Written by `python -m admin.client` from the OpenAPI document."""
