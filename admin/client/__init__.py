"""A typed client of the admin API. `api`, `shapes` and `tags.py` are written by `python -m admin.client`."""
