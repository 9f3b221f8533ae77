"""Every type of event and of item that the official SDK knows is read, and none is lost on the way back."""

from typing import Annotated, Any, get_args, get_origin

import msgspec
import pytest
from openai.types.responses import ResponseInputItem, ResponseOutputItem, ResponseStreamEvent

from adapters.canonical.events import Failed
from adapters.protocols.responses.tap import StreamTap
from adapters.protocols.responses.write_response import write_response
from tests.adapters.protocols.responses.wire import again, client, encode, read, reading, stream


def types_of(union: Any) -> list[str]:
    """The values of `type` of a union of the SDK's models."""
    if get_origin(union) is Annotated:
        union = get_args(union)[0]
    found = {value for model in get_args(union) for value in literals(model.model_fields["type"].annotation)}
    return sorted(found)


def literals(annotation: Any) -> list[str]:
    values: list[str] = []
    for value in get_args(annotation):
        values += [value] if isinstance(value, str) else literals(value)
    return values


EVENTS = types_of(ResponseStreamEvent)
OUTPUT = types_of(ResponseOutputItem)
INPUT = types_of(ResponseInputItem)
FAILURES = {"error", "response.failed"}
ENDS = {"response.completed", "response.incomplete"}

# What these need to be items at all.
NEEDED: dict[str, dict[str, Any]] = {
    "message": {"role": "assistant", "content": []},
    "function_call": {"call_id": "c", "name": "f", "arguments": "{}"},
    "custom_tool_call": {"call_id": "c", "name": "f", "input": "x"},
    "function_call_output": {"call_id": "c", "output": "x"},
    "custom_tool_call_output": {"call_id": "c", "output": "x"},
    "reasoning": {"summary": [{"type": "summary_text", "text": "x"}]},
}


def item(kind: str) -> dict[str, Any]:
    return {"type": kind, "id": "i_1", **NEEDED.get(kind, {"unknown": {"a": [1, None]}})}


def test_the_sdk_has_types():
    assert len(EVENTS) > 50
    assert {"response.compaction.compacting", "response.shell_call_command.delta"} <= set(EVENTS)
    assert {"apply_patch_call", "compaction", "program"} <= set(OUTPUT)
    assert {"item_reference", "tool_search_output"} <= set(INPUT)


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event(kind):
    event = {
        "type": kind,
        "output_index": 0,
        "delta": "x",
        "response": {"id": "resp_1", "output": []},
        "item": item("program"),
    }
    events = read(stream(event))
    assert (kind in FAILURES) == any(isinstance(found, Failed) for found in events)
    tap = StreamTap()
    assert tap.feed(stream(event)) == (b"" if kind in FAILURES else stream(event))
    assert tap.complete == (kind in ENDS)


@pytest.mark.parametrize("kind", OUTPUT)
def test_an_item_of_an_output(kind):
    whole = encode({"id": "resp_1", "object": "response", "status": "completed", "output": [item(kind)]})
    answer = reading(whole)
    done = read(stream({"type": "response.output_item.done", "output_index": 0, "item": item(kind)}))
    assert not any(isinstance(found, Failed) for found in done)
    if kind not in NEEDED:
        assert msgspec.json.decode(write_response(answer, client()))["output"] == [item(kind)]


@pytest.mark.parametrize("kind", INPUT)
def test_an_item_of_an_input(kind):
    body = {"model": "m", "input": [item(kind)]}
    assert again(body) == body
