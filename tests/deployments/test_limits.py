"""When a client sends too slowly."""

import pytest

from deployments.ingress import limits
from deployments.limits import Limits
from deployments.settings import Settings

MB = 1 << 20


@pytest.mark.parametrize(
    ("paused_s", "reading_s", "body_bytes", "slow"),
    [
        (0.0, 0.0, 0, False),
        (9.0, 9.0, 0, False),
        (11.0, 11.0, 50 * MB, True),  # a pause
        (1.0, 11.0, 0, True),  # a head, or the framing of chunks, byte by byte
        (1.0, 11.0, 100, False),
        (1.0, 12.0, 100, True),  # a body, byte by byte
        (1.0, 3000.0, 300 * 1024, False),  # slow, and as fast as it must be
        (1.0, 3600.0, 50 * MB, False),
    ],
)
def test_a_pause_and_a_drip_are_bounded(paused_s: float, reading_s: float, body_bytes: int, slow: bool) -> None:
    assert Limits(read_timeout_s=10.0, read_rate=100.0).too_slow(paused_s, reading_s, body_bytes) == slow


def test_the_settings_reach_the_server() -> None:
    given = limits(Settings.model_validate({"sizes": {"read_rate": 77}, "timeouts": {"client_read_s": 3}}))
    assert given.too_slow(0.0, 5.0, 100)
    assert not given.too_slow(0.0, 5.0, 200)
