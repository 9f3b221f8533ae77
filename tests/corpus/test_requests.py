"""Recorded requests into every other wire format and back: what the provider receives means the same."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import Request
from adapters.capabilities import CAPABILITIES
from adapters.errors import ClientError
from adapters.head import NO_TARGET, Target
from adapters.protocols.table import WIRES
from tests.corpus.asking import recorded
from tests.corpus.meaning import meaning
from tests.corpus.recordings import FOLDER, Recording, recordings

pytestmark = pytest.mark.skipif(not recordings(), reason=f"no recordings in {FOLDER}")

UPSTREAM = Upstream(model="m", capabilities=frozenset(CAPABILITIES))
REFUSED = 0.2
"""At most this share of the requests of a pair holds what the other protocol has no words for."""


IN_WORDS = "AnswerwithoneJSONobjectandnothingelse."


def _read(protocol: str, body: bytes, *, stream: bool) -> Request:
    wire = WIRES[protocol]
    verb = "streamGenerateContent" if stream else "generateContent"
    target = Target(model="m", verb=verb) if protocol == "gemini" else NO_TARGET
    assert wire.conversion is not None
    return wire.conversion.read_request(wire.parse("chat", body, target))


def _requests(protocol: str) -> Iterator[tuple[Recording, Request]]:
    for one in recordings():
        body = recorded(one)
        if one.protocol == protocol and body is not None and one.status == 200 and "server_tools" not in one.features:
            yield one, _read(protocol, msgspec.json.encode(body), stream=one.streaming)


def _without_words(said: list[Any]) -> list[Any]:
    return [*said[:2], said[2].removesuffix(IN_WORDS)] if said[:2] == ["system", "text"] else said


def _differing(before: Request, after: Request, losses: Losses) -> dict[str, Any]:
    """What means something else, but for what the losses say."""
    wanted, found = meaning(before), meaning(after)
    if before.max_output is None:
        found["max_output"] = None  # a protocol may insist on one
    lost = losses.names
    if "response_format" in lost:  # JSON mode, asked for in words where there is none
        wanted["output"] = found["output"]
        found["turns"] = [_without_words(each) for each in found["turns"] if each[2:] != [IN_WORDS]]
    differing = {name: (wanted[name], found[name]) for name in wanted if wanted[name] != found[name]}
    if "messages." in lost:
        differing.pop("turns", None)
    for name, words in (("max_output", "max"), ("stop", "stop"), ("temperature", "temperature"), ("top_p", "top")):
        if words in lost:
            differing.pop(name, None)
    return differing


@pytest.mark.parametrize("upstream", tuple(WIRES))
@pytest.mark.parametrize("client", tuple(WIRES))
def test_equal_meaning(client: str, upstream: str) -> None:
    writing = WIRES[upstream].conversion
    assert writing is not None
    counted: Counter[str] = Counter()
    for one, request in _requests(client):
        losses = Losses()
        try:
            body = writing.write_request(request, UPSTREAM, losses)
            losses.check()
        except ClientError as error:
            counted["refused"] += error.code == "not_convertible"
            counted["failed"] += error.code != "not_convertible"
            continue
        counted["written"] += 1
        assert not _differing(request, _read(upstream, body, stream=one.streaming), losses), one.id
    assert not counted["failed"]
    assert counted["refused"] <= REFUSED * counted["written"], counted
    if client == upstream:
        assert not counted["refused"]
