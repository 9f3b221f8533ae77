"""Valid requests through the neutral form and back are the same JSON, and valid for the official SDK."""

from contextlib import suppress
from copy import deepcopy
from typing import Any

import msgspec
import openai.types.chat.completion_create_params as official
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.errors import ClientError
from adapters.protocols.chat.head import parse
from adapters.protocols.chat.read_request import read_request
from adapters.protocols.chat.write_request import write_request

SDK: TypeAdapter[Any] = TypeAdapter(official.CompletionCreateParams)

text = st.text(st.characters(codec="utf-8"), max_size=12)
name = st.text("abcXYZ_9-", min_size=1, max_size=10)
base64 = st.sampled_from(["QUJD", "QUI=", "AAAAAAAA"])


def of(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields)


def maybe(required: dict[str, Any], **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {key: value if isinstance(value, st.SearchStrategy) else st.just(value) for key, value in required.items()},
        optional=optional,
    )


breakpoint_ = maybe({"mode": "explicit"}, ttl=st.sampled_from(["30m", "12h"]))
text_part = maybe({"type": "text", "text": text}, prompt_cache_breakpoint=breakpoint_)
image_url = st.one_of(st.just("https://a/b.png"), base64.map(lambda data: f"data:image/png;base64,{data}"))
image_part = of(
    type=st.just("image_url"),
    image_url=maybe({"url": image_url}, detail=st.sampled_from(["auto", "low", "high", "original"])),
)
audio_part = of(type=st.just("input_audio"), input_audio=of(data=base64, format=st.sampled_from(["wav", "mp3"])))
file_part = of(
    type=st.just("file"),
    file=st.one_of(
        of(file_id=name),
        of(filename=name, file_data=base64.map(lambda data: f"data:application/pdf;base64,{data}")),
    ),
)
parts = st.lists(st.one_of(text_part, image_part, audio_part, file_part), min_size=1, max_size=3)
texts = st.one_of(text, st.lists(text_part, min_size=1, max_size=2))
call = st.one_of(
    of(id=name, type=st.just("function"), function=of(name=name, arguments=text.map(lambda t: t or "{}"))),
    of(id=name, type=st.just("custom"), custom=of(name=name, input=text)),
)
assistant = st.one_of(
    maybe({"role": "assistant", "content": texts}, name=name),
    maybe({"role": "assistant", "content": None, "tool_calls": st.lists(call, min_size=1, max_size=2)}, refusal=text),
    of(
        role=st.just("assistant"),
        content=st.lists(st.one_of(text_part, of(type=st.just("refusal"), refusal=text)), min_size=1, max_size=2),
    ),
    of(role=st.just("assistant"), content=st.none(), audio=of(id=name)),
    of(role=st.just("assistant"), content=st.none(), function_call=of(name=name, arguments=st.just("{}"))),
)
message = st.one_of(
    maybe({"role": st.sampled_from(["system", "developer"]), "content": texts}, name=name),
    maybe({"role": "user", "content": st.one_of(text, parts)}, name=name),
    assistant,
    of(role=st.just("tool"), tool_call_id=name, content=texts),
)
schema = st.sampled_from([{"type": "object", "properties": {}}, {"type": "object", "required": ["a"], "x": [1, None]}])
function = maybe({"name": name}, description=text, parameters=schema, strict=st.booleans())
tool = st.one_of(
    of(type=st.just("function"), function=function),
    of(
        type=st.just("custom"),
        custom=maybe({"name": name}, description=text, format=st.just({"type": "text"})),
    ),
)
named = of(type=st.just("function"), function=of(name=name))
choice = st.one_of(
    st.sampled_from(["auto", "none", "required"]),
    named,
    of(
        type=st.just("allowed_tools"),
        allowed_tools=of(mode=st.sampled_from(["auto", "required"]), tools=st.lists(named, max_size=2)),
    ),
)
output = st.one_of(
    st.just({"type": "text"}),
    st.just({"type": "json_object"}),
    of(
        type=st.just("json_schema"),
        json_schema=maybe({"name": name}, description=text, schema=schema, strict=st.booleans()),
    ),
)
search = maybe(
    {},
    search_context_size=st.sampled_from(["low", "medium", "high"]),
    user_location=st.just({"type": "approximate", "approximate": {"city": "Rome"}}),
)
number = st.floats(0, 2, allow_nan=False)
request = maybe(
    {"model": "m", "messages": st.lists(message, min_size=1, max_size=5)},
    audio=st.just({"voice": "alloy", "format": "mp3"}),
    frequency_penalty=number,
    logit_bias=st.just({"5": -100}),
    logprobs=st.booleans(),
    max_completion_tokens=st.integers(0, 1 << 40),
    max_tokens=st.integers(0, 1 << 40),
    metadata=st.dictionaries(name, text, max_size=2),
    modalities=st.sampled_from([["text"], ["text", "audio"]]),
    n=st.integers(1, 4),
    parallel_tool_calls=st.booleans(),
    prediction=of(type=st.just("content"), content=texts),
    presence_penalty=number,
    prompt_cache_key=text,
    prompt_cache_retention=st.sampled_from(["in_memory", "24h"]),
    reasoning_effort=st.sampled_from(["none", "low", "xhigh"]),
    response_format=output,
    safety_identifier=text,
    seed=st.integers(-(1 << 40), 1 << 40),
    service_tier=st.sampled_from(["auto", "flex"]),
    stop=st.one_of(text, st.lists(text, max_size=3)),
    store=st.booleans(),
    stream=st.just(value=True),
    stream_options=st.sampled_from([{"include_usage": True}, {"include_usage": True, "include_obfuscation": False}]),
    temperature=number,
    tool_choice=choice,
    tools=st.lists(tool, min_size=1, max_size=3),
    top_logprobs=st.integers(0, 20),
    top_p=number,
    user=text,
    verbosity=st.sampled_from(["low", "high"]),
    web_search_options=search,
    someones_own=st.just({"deep": [1, {"null": None}]}),
)


def through(body: dict[str, Any]) -> tuple[dict[str, Any], Losses]:
    losses = Losses()
    head = parse("chat", msgspec.json.encode(body))
    written = write_request(read_request(head), Upstream(model=head.model, provider="openai"), losses)
    return msgspec.json.decode(written), losses


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(request)
def test_a_request_comes_back_as_it_was(body: dict[str, Any]) -> None:
    if not body.get("stream"):
        body.pop("stream_options", None)
    if "max_tokens" in body and "max_completion_tokens" in body:
        del body["max_tokens"]  # the newer name says what counts
    back, losses = through(body)
    if body.get("stream") and "stream_options" not in body:
        back.pop("stream_options", None)
    assert back == body
    assert not losses.knobs
    assert not losses.content
    SDK.validate_python({name: value for name, value in back.items() if name != "someones_own"})


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(request, st.data())
def test_whatever_a_field_is_the_answer_is_a_client_error_at_most(body: dict[str, Any], data: st.DataObject) -> None:
    body = deepcopy(body)
    for _ in range(2):
        target = body
        while True:
            key = data.draw(st.sampled_from(sorted(target)))
            inner = target[key]
            if isinstance(inner, list) and inner and isinstance(inner[0], dict):
                inner = inner[0]
            if not isinstance(inner, dict) or not inner or data.draw(st.booleans()):
                target[key] = data.draw(json)
                break
            target = inner
    with suppress(ClientError):
        through(body)
