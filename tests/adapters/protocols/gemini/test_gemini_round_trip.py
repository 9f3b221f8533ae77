"""A valid request of the Gemini API, read and written again, is the same request."""

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.head import Target
from adapters.protocols.gemini.head import parse
from adapters.protocols.gemini.read_request import read_request
from adapters.protocols.gemini.write_request import write_request

Fields = dict[str, Any]

text = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
word = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=8)
coded = st.binary(min_size=1, max_size=9).map(lambda data: msgspec.json.decode(msgspec.json.encode(data)))
values = st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | text, lambda inner: st.lists(inner, max_size=2))
objects = st.dictionaries(word, values, max_size=3)


def fixed(required: Fields, optional: Fields | None = None) -> st.SearchStrategy[Fields]:
    made = {name: one if isinstance(one, st.SearchStrategy) else st.just(one) for name, one in required.items()}
    return st.fixed_dictionaries(made, optional=optional or {})


kinds = st.sampled_from(["image/png", "audio/wav", "video/mp4", "application/pdf", "text/plain"])
addresses = st.sampled_from(["gs://a/b", "https://a.b/c", "https://generativelanguage.googleapis.com/v1beta/files/x"])
inline = fixed({"mimeType": kinds, "data": coded}, {"displayName": word})
file = fixed({"fileUri": addresses}, {"mimeType": kinds})
more = {"thoughtSignature": coded, "partMetadata": objects}

texts = fixed({"text": text}, more)
media = st.one_of(
    fixed({"inlineData": inline}, {"videoMetadata": st.just({"fps": 1}), "mediaResolution": st.just({"level": "X"})}),
    fixed({"fileData": file}, {"videoMetadata": st.just({"startOffset": "1s"})}),
)
thoughts = fixed({"text": text, "thought": True}, {"thoughtSignature": coded})
calls = fixed({"functionCall": fixed({"name": word, "args": objects}, {"id": word})}, more)
results = fixed(
    {
        "functionResponse": fixed(
            {"name": word, "response": objects, "id": word},
            {
                "parts": st.lists(fixed({"inlineData": inline}) | fixed({"fileData": file}), min_size=1, max_size=2),
                "willContinue": st.booleans(),
            },
        )
    },
    {"partMetadata": objects},
)
codes = st.one_of(
    fixed({"executableCode": {"language": "PYTHON", "code": "1"}}, {"thoughtSignature": coded}),
    fixed({"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}}),
    fixed({"toolCall": fixed({"id": word, "toolType": "URL_CONTEXT"}, {"args": objects})}, {"thoughtSignature": coded}),
    fixed({"toolResponse": fixed({"id": word, "toolType": "FILE_SEARCH"}, {"response": objects})}),
    fixed({"aKindOfTomorrow": objects}),
)
user = fixed({"role": "user", "parts": st.lists(texts | media | results, min_size=1, max_size=3)})
model = fixed({"role": "model", "parts": st.lists(texts | thoughts | calls | codes | media, min_size=1, max_size=3)})
contents = st.lists(st.tuples(user, model), min_size=1, max_size=2).map(
    lambda pairs: [one for pair in pairs for one in pair]
)

schemas = st.sampled_from([{"type": "OBJECT", "properties": {"a": {"type": "STRING", "nullable": True}}}])
plain_schemas = st.sampled_from([{"type": "object", "properties": {"a": {"type": ["string", "null"]}}}])
functions = st.one_of(
    fixed({"name": word}, {"description": text, "parameters": schemas, "behavior": st.just("BLOCKING")}),
    fixed({"name": word, "parametersJsonSchema": plain_schemas}, {"response": schemas}),
)
tools = st.lists(
    st.sampled_from(
        [{"googleSearch": {}}, {"codeExecution": {}}, {"urlContext": {}}, {"googleMaps": {"enableWidget": True}}]
    ),
    max_size=2, unique_by=str,
).flatmap(
    lambda own: st.lists(functions, max_size=3, unique_by=lambda one: one["name"]).map(
        lambda declared: ([{"functionDeclarations": declared}] if declared else []) + own
    )
)  # fmt: skip
modes = st.one_of(
    fixed({"mode": st.sampled_from(["AUTO", "ANY", "NONE", "VALIDATED"])}),
    fixed(
        {
            "mode": st.sampled_from(["AUTO", "ANY", "VALIDATED"]),
            "allowedFunctionNames": st.lists(word, min_size=1, max_size=2),
        }
    ),
)
tool_config = fixed(
    {},
    {
        "functionCallingConfig": modes,
        "retrievalConfig": st.just({"languageCode": "de"}),
        "includeServerSideToolInvocations": st.booleans(),
    },
)
thinking = fixed(
    {}, {"includeThoughts": st.booleans(), "thinkingBudget": st.integers(-1, 100), "futureThing": st.just(1)}
) | fixed({"thinkingLevel": st.sampled_from(["LOW", "HIGH", "MINIMAL"])})
numbers = st.floats(0, 2, allow_nan=False)
config = fixed(
    {},
    {
        "temperature": numbers, "topP": numbers, "topK": st.integers(1, 9), "candidateCount": st.integers(1, 3),
        "maxOutputTokens": st.integers(1, 999), "seed": st.integers(0, 9), "stopSequences": st.lists(text, max_size=3),
        "presencePenalty": numbers, "frequencyPenalty": numbers, "responseLogprobs": st.booleans(),
        "logprobs": st.integers(1, 5), "thinkingConfig": thinking, "mediaResolution": st.just("MEDIA_RESOLUTION_LOW"),
        "responseModalities": st.sampled_from([["TEXT"], ["TEXT", "IMAGE"], ["AUDIO"]]),
        "responseMimeType": st.sampled_from(["application/json", "text/plain", "text/x.enum"]),
        "speechConfig": objects,
    },
)  # fmt: skip
bound = st.one_of(
    config,
    st.tuples(config, schemas).map(lambda both: {**both[0], "responseSchema": both[1]}),
    st.tuples(config, plain_schemas).map(lambda both: {**both[0], "responseJsonSchema": both[1]}),
)
requests = fixed(
    {"contents": contents},
    {
        "systemInstruction": fixed({"parts": st.lists(texts, min_size=1, max_size=2)}),
        "tools": tools.filter(bool),
        "toolConfig": tool_config.filter(bool),
        "generationConfig": bound.filter(bool),
        "safetySettings": st.just([{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]),
        "cachedContent": st.just("cachedContents/a"),
        "labels": st.just({"a": "b"}),
        "serviceTier": st.sampled_from(["standard", "flex", "priority", "unspecified"]),
        "store": st.booleans(),
        "ofTomorrow": values.filter(lambda value: value is not None),
    },
)


@settings(max_examples=150, deadline=None)
@given(requests)
def test_a_request_comes_back_as_it_was(request: Fields) -> None:
    losses = Losses()
    head = parse("chat", msgspec.json.encode(request), Target(model="gemini-x", verb="generateContent"))
    read = read_request(head)
    sent = msgspec.json.decode(write_request(read, Upstream(model="gemini-x"), losses))
    assert sent == request
    assert not losses.knobs
    assert not losses.content


@settings(max_examples=60, deadline=None)
@given(requests)
def test_reading_changes_nothing(request: Fields) -> None:
    """A retry on another channel starts from the same object."""
    head = parse("chat", msgspec.json.encode(request), Target(model="gemini-x", verb="generateContent"))
    before = {name: bytes(raw) for name, raw in head.fields.items()}
    read = read_request(head)
    first = write_request(read, Upstream(model="gemini-x"), Losses())
    assert write_request(read, Upstream(model="gemini-x"), Losses()) == first
    assert {name: bytes(raw) for name, raw in head.fields.items()} == before
