"""What one client, and all clients together, may make a replica hold or wait for. Numbers only."""

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """Bounds on what clients may make a replica hold; seconds and bytes."""

    max_body_bytes: int = 50 * 1024 * 1024
    max_buffered_bytes: int = 1024 * 1024 * 1024
    max_header_bytes: int = 64 * 1024
    idle_timeout_s: float = 75.0
    read_timeout_s: float = 30.0
    write_timeout_s: float = 60.0
