"""Probabilities of tokens: logprobsResult, and the form of Chat Completions, which the neutral form carries.

https://ai.google.dev/api/generate-content#LogprobsResult and
https://platform.openai.com/docs/api-reference/chat/object (2026-11).
"""

from typing import Any

import msgspec

from adapters.unreadable import UNREADABLE

_encode = msgspec.json.encode


class _Token(msgspec.Struct, rename="camel", gc=False):
    token: str = ""
    log_probability: float = 0.0


class _Top(msgspec.Struct):
    candidates: list[_Token] = []


class _Result(msgspec.Struct, rename="camel"):
    chosen_candidates: list[_Token] | None = None
    top_candidates: list[_Top] | None = None


class _Said(msgspec.Struct, gc=False):
    token: str = ""
    logprob: float = 0.0


class _Chosen(_Said):
    top_logprobs: list[_Said] | None = None


class _Content(msgspec.Struct):
    content: list[_Chosen] | None = None


_result = msgspec.json.Decoder(_Result)
_object = msgspec.json.Decoder(_Content)
_array = msgspec.json.Decoder(list[_Chosen])


def read_logprobs(raw: msgspec.Raw) -> msgspec.Raw | None:
    """A logprobsResult in the form of a choice's `logprobs`; None where there is nothing in it."""
    try:
        result = _result.decode(raw)
    except UNREADABLE:
        return None
    tops = result.top_candidates or []
    content = [
        {
            **_said(one),
            "top_logprobs": [_said(other) for other in tops[number].candidates] if number < len(tops) else [],
        }
        for number, one in enumerate(result.chosen_candidates or [])
    ]
    return msgspec.Raw(_encode({"content": content, "refusal": None})) if content else None


def _said(token: _Token) -> dict[str, Any]:
    coded = token.token.encode("utf-8", "replace")
    return {"token": token.token, "logprob": token.log_probability, "bytes": list(coded)}


def write_logprobs(raws: list[msgspec.Raw]) -> dict[str, Any]:
    """The logprobsResult of Chat Completions' `logprobs`, or of the arrays of Responses; {} = nothing."""
    chosen: list[dict[str, Any]] = []
    tops: list[dict[str, Any]] = []
    for raw in raws:
        try:
            tokens = _array.decode(raw) if bytes(memoryview(raw)[:1]) == b"[" else _object.decode(raw).content or []
        except UNREADABLE:
            continue
        for token in tokens:
            chosen.append({"token": token.token, "logProbability": token.logprob})
            listed = [{"token": one.token, "logProbability": one.logprob} for one in token.top_logprobs or []]
            tops.append({"candidates": listed})
    if not chosen:
        return {}
    written: dict[str, Any] = {"chosenCandidates": chosen}
    if any(top["candidates"] for top in tops):
        written["topCandidates"] = tops
    return written
