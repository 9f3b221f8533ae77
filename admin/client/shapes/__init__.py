"""What the admin API takes and gives. Written by `python -m admin.client` from the OpenAPI document."""
