"""Which addresses are this machine's own, and what the table says of a channel's price."""

import pytest

from deployments.compiler import channel_row
from deployments.local import is_local
from deployments.settings import Timeouts
from storage.models import Channel


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:11434/v1", True),
        ("http://localhost:11434/v1", True),
        ("http://LOCALHOST./v1", True),
        ("http://ollama.localhost/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://127.8.9.1/v1", True),
        ("http://host.docker.internal:11434/v1", True),
        ("http://10.0.0.5:8000/v1", False),
        ("http://192.168.1.2/v1", False),
        ("https://api.openai.com/v1", False),
        ("https://localhost.example.com/v1", False),
        ("https://127.0.0.1.example.com/v1", False),
        ("http://[bad/v1", False),
        ("", False),
    ],
)
def test_addresses(url: str, local: bool) -> None:
    assert is_local(url) is local


def channel(**fields: object) -> Channel:
    usual = {"id": 1, "name": "c", "provider": "openai", "base_url": "", "models": {}, "priority": 0, "weight": 1}
    return Channel(**{**usual, **fields})


def test_the_table_says_what_a_channel_multiplies() -> None:
    plain = channel_row(channel(), Timeouts())
    assert (plain.price_ratio, plain.local) == (1_000_000, False)
    own = channel_row(channel(settings={"price_ratio": "0.85"}, base_url="http://127.0.0.1:1/v1"), Timeouts())
    assert (own.price_ratio, own.local) == (850_000, True)
