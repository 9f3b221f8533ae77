"""Fields that only one protocol knows: which are a loss elsewhere, which are refused, which say nothing."""

import msgspec
import pytest

from adapters.canonical.loss import Losses, lose_extensions
from adapters.canonical.request import Request
from adapters.errors import ClientError

REQUEST = Request(
    model="m",
    turns=(),
    protocol="responses",
    extensions={"responses": {"background": msgspec.Raw(b"true"), "max_tool_calls": msgspec.Raw(b"1")}},
    state=frozenset({"background"}),
    exact={"truncation": msgspec.Raw(b"null")},
)


def test_its_own_protocol_loses_nothing():
    losses = Losses()
    lose_extensions(REQUEST, "responses", losses)
    losses.check(strict=True)


def test_another_protocol_loses_settings_and_refuses_state():
    losses = Losses()
    lose_extensions(REQUEST, "messages", losses)
    assert losses.names == "max_tool_calls"
    with pytest.raises(ClientError, match="background"):
        losses.check()
