"""What one client, and all clients together, may make a replica hold or wait for. It touches no connection."""

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """Bounds on what clients may make a replica hold; seconds, bytes, bytes per second."""

    max_body_bytes: int = 50 * 1024 * 1024
    max_buffered_bytes: int = 1024 * 1024 * 1024
    max_header_bytes: int = 64 * 1024
    idle_timeout_s: float = 75.0
    read_timeout_s: float = 30.0
    write_timeout_s: float = 60.0
    read_rate: float = 1024.0

    def too_slow(self, paused_s: float, reading_s: float, body_bytes: int) -> bool:
        """Whether a request keeps its connection for too long: by a pause, or by a body below `read_rate` on average.

        The first `read_timeout_s` are free, so no head takes longer than that; each `read_rate` bytes of body earn a
        second more.
        """
        return paused_s > self.read_timeout_s or reading_s > self.read_timeout_s + body_bytes / self.read_rate
