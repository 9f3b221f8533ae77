"""Mutated requests and streams through every converter: a short run of tests/corpus/fuzz.py."""

import os

from tests.corpus.fuzz import run


def test_nothing_but_refusals() -> None:
    ends = run(int(os.environ.get("GATEWAY_FUZZ", "1500")), 7, lambda _line: None)
    assert ends["request read"]
    assert ends["request refused"]
    assert any(end.startswith("stream") and "complete" in end for end in ends)
