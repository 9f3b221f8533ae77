"""The matrix against its files, its streams cut anywhere, and against the official SDKs."""

import difflib
from itertools import product

import pytest

from tests.golden import matrix, sdk
from tests.golden.matrix import KINDS, PROTOCOLS

ENOUGH = 25


@pytest.mark.parametrize(("protocol", "kind"), list(product(PROTOCOLS, KINDS)))
def test_there_are_enough_cases(protocol: str, kind: str) -> None:
    sources = [path.read_bytes() for path in matrix.cases(protocol, kind)]
    assert len(set(sources)) == len(sources) >= ENOUGH


@pytest.mark.parametrize(("client", "upstream", "kind"), list(product(PROTOCOLS, PROTOCOLS, KINDS)))
def test_same_as_before(client: str, upstream: str, kind: str) -> None:
    before, after = matrix.kept(client, upstream, kind), dict(matrix.cell(client, upstream, kind))
    differing = [
        line
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
        for line in difflib.unified_diff(
            before.get(name, b"").decode().splitlines(),
            after.get(name, b"").decode().splitlines(),
            f"expected/{client}-{upstream}/{kind}/{name}",
            "now",
            lineterm="",
        )
    ]
    assert not differing, "look at it, then: make golden\n" + "\n".join(differing[:200])


@pytest.mark.parametrize(("client", "upstream"), list(product(PROTOCOLS, PROTOCOLS)))
def test_streams_cut_anywhere(client: str, upstream: str) -> None:
    for path in matrix.cases(upstream, "streams"):
        body = path.read_bytes()
        for size in (1, 7):
            assert matrix.stream(client, upstream, body, size) == matrix.stream(client, upstream, body), path.name


@pytest.mark.parametrize(("client", "upstream", "kind"), list(product(PROTOCOLS, PROTOCOLS, KINDS[1:])))
def test_official_types(client: str, upstream: str, kind: str) -> None:
    judge = sdk.answer if kind == "responses" else sdk.stream
    found = {}
    for name, body in matrix.cell(client, upstream, kind):
        if client == upstream and name.startswith(("unknown_", "mcp.")):  # what its own SDK does not know (yet)
            continue
        try:
            judge(client, body, own=client == upstream)
        except Exception as error:  # noqa: BLE001  # whatever an SDK stumbles over
            found[name] = f"{type(error).__name__}: {error}"
    assert not found, "\n".join(f"{name}: {words}" for name, words in found.items())
