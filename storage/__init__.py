"""What the gateway keeps: the database, the local usage journal, secrets and prices.

Owns every SQL statement and every file format. Knows nothing of HTTP, of Ray or of upstreams.
"""
