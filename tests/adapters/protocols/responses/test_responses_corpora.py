"""Recorded answers and requests of this protocol through the neutral form and back (skipped where they are absent)."""

import base64
import gzip
from functools import cache
from pathlib import Path

import msgspec
import pytest

from adapters.canonical.events import End
from adapters.protocols.responses.read_response import read_response
from adapters.protocols.responses.write_response import write_response
from adapters.protocols.responses.write_stream import StreamWriter
from tests.adapters.protocols.responses.wire import again, client, read

PACK = Path(__file__).resolve().parents[5] / "shared/corpora/recorded_dev.jsonl.gz"
pytestmark = pytest.mark.skipif(not PACK.exists(), reason="the recorded traffic is not here")


@cache
def recorded():
    with gzip.open(PACK, "rt", encoding="utf-8") as lines:
        rows = [msgspec.json.decode(line) for line in lines if '"openai-responses"' in line]
    return [row for row in rows if row["format"] == "openai-responses"]


def meaning(response):
    """What an answer says: texts, thoughts and calls in order."""
    found = []
    for item in response.get("output") or []:
        match item["type"]:
            case "message":
                found += [part.get("text") or part.get("refusal") for part in item["content"] if part.get("text") != ""]
            case "reasoning":
                parts = [*(item.get("summary") or []), *(item.get("content") or [])]
                if parts or item.get("encrypted_content"):
                    # OpenAI encrypts anew for each event, so that only whether it did can be compared.
                    found.append(["".join(part["text"] for part in parts), bool(item.get("encrypted_content"))])
            case "function_call" | "custom_tool_call":
                found.append([item["call_id"], item["name"], item.get("arguments") or item.get("input")])
            case _:
                found.append(item["type"])
    return found


def test_requests_go_back_as_they_came():
    bodies = [row["request"] for row in recorded() if isinstance(row["request"], dict)]
    bodies = [body for body in bodies if "_raw_b64" not in body]
    assert bodies
    for body in bodies:
        assert again(body) == body


def test_answers_keep_their_meaning():
    rows = [row for row in recorded() if not row["streaming"] and row["status"] == 200]
    for row in rows:
        body = msgspec.json.decode(base64.b64decode(row["body_b64"]))
        if "output" not in body:
            continue  # recorded under this name, but of another protocol
        written = msgspec.json.decode(write_response(read_response(msgspec.json.encode(body)), client()))
        assert meaning(written) == meaning(body), row["id"]


def test_streams_keep_their_meaning_and_may_be_cut():
    rows = [row for row in recorded() if row["streaming"] and row["status"] == 200]
    for number, row in enumerate(rows):
        data = base64.b64decode(row["body_b64"])
        events = read(data)
        assert read(data, 7 + number) == events, row["id"]
        ends = [line for line in data.split(b"\n") if b'"response.completed"' in line and line.startswith(b"data: ")]
        if len(ends) != 1 or End() not in events:
            continue  # it failed, or several answers were recorded as one
        written = StreamWriter(client()).feed(events).rsplit(b"data: ", 1)[1]
        body = msgspec.json.decode(ends[0].removeprefix(b"data: "))["response"]
        # Items that the stream never said to be done come last.
        assert sorted(map(str, meaning(msgspec.json.decode(written)["response"]))) == sorted(map(str, meaning(body)))
