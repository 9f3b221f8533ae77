"""A request of this wire, read into the neutral form: settings here, messages, tools and prompts in their own files.

https://platform.openai.com/docs/api-reference/chat/create (2026-11), and the fields that other providers added to it.
"""

import msgspec

from adapters.canonical.request import OutputFormat, Request, Turn
from adapters.head import Head
from adapters.protocols.chat import embeddings
from adapters.protocols.chat.prompt import read_prompt
from adapters.protocols.chat.read_messages import read_messages
from adapters.protocols.chat.reasoning import read_reasoning
from adapters.protocols.chat.tools import read_choice, read_tools
from adapters.protocols.chat.values import NULL, Raws, Values, is_object, is_text, wrong

STATE = frozenset({"preset"})
"""What a provider keeps for the client: OpenRouter's presets, https://openrouter.ai/docs/features/presets (2026-11)."""


_SPELLED = (
    "max_completion_tokens", "max_tokens", "functions", "function_call", "tool_choice", "stop", "random_seed",
)  # fmt: skip
"""What can be said in several ways; the maximum of a legacy completion is said as the provider of the chat knows it."""


def read_request(head: Head) -> Request:
    """The whole request. Raises ClientError (400) that names the field."""
    if head.operation == "embeddings":
        return embeddings.read_request(head)
    values = Values(head.fields)
    values.left.pop("model", None)
    exact: Raws = {}
    legacy = head.operation == "text_completion"
    turns = read_prompt(values) if legacy else _messages(values)
    _stream(values, exact)
    for name in _SPELLED if not legacy else _SPELLED[2:]:
        if name in values.left and values.left[name] != NULL:
            exact[name] = values.left[name]
    most, old_most = values.whole("max_completion_tokens"), values.whole("max_tokens")
    if most is not None:
        exact.pop("max_tokens", None)
    logprobs, top = (_counted_logprobs(values)) if legacy else (values.flag("logprobs"), values.whole("top_logprobs"))
    seed, mistral_seed = values.whole("seed"), values.whole("random_seed")
    reasoning = read_reasoning(values, exact)
    request = Request(
        model=head.model,
        turns=turns,
        stream=head.stream,
        include_usage=head.wants_usage,
        tools=read_tools(values),
        tool_choice=read_choice(values),
        parallel_tools=values.flag("parallel_tool_calls"),
        max_output=old_most if most is None else most,
        temperature=values.number("temperature"),
        top_p=values.number("top_p"),
        top_k=values.whole("top_k"),
        min_p=values.number("min_p"),
        frequency_penalty=values.number("frequency_penalty"),
        presence_penalty=values.number("presence_penalty"),
        repetition_penalty=values.number("repetition_penalty"),
        seed=mistral_seed if seed is None else seed,
        n=values.whole("n"),
        stop=_stop(values, exact),
        logprobs=logprobs,
        top_logprobs=top,
        logit_bias=_bias(values),
        reasoning=reasoning,
        output=_output(values),
        verbosity=values.text("verbosity"),
        modalities=values.texts("modalities"),
        audio=values.raw("audio"),
        prediction=values.raw("prediction"),
        service_tier=values.text("service_tier"),
        user=values.text("user"),
        metadata=values.object("metadata"),
        cache_key=values.text("prompt_cache_key"),
        cache_retention=values.text("prompt_cache_retention"),
        safety_id=values.text("safety_identifier"),
        store=values.flag("store"),
        protocol="chat",
        state=STATE,
    )
    exact.update(dict.fromkeys(values.nulls, NULL))
    return msgspec.structs.replace(request, extensions={"chat": values.left} if values.left else {}, exact=exact)


def _messages(values: Values) -> tuple[Turn, ...]:
    messages = values.required(values.items("messages"), "messages")
    if not messages:
        raise wrong("messages", "an array of at least one message")
    return read_messages(messages)


def _stream(values: Values, exact: Raws) -> None:
    """`stream` and `include_usage` are in the head already; other options are this protocol's own."""
    values.left.pop("stream", None)
    raw = values.left.get("stream_options")
    options = values.inside("stream_options")
    if options is None or raw is None:
        return
    options.left.pop("include_usage", None)
    # Only OpenAI pads its streams: to say that it need not is no loss elsewhere.
    options.left.pop("include_obfuscation", None)
    if options.left:
        values.left["stream_options"] = raw
    else:
        exact["stream_options"] = raw


def _counted_logprobs(values: Values) -> tuple[bool | None, int | None]:
    """`logprobs` of a legacy completion is a number; 0 is the chosen token alone."""
    count = values.whole("logprobs")
    return (None, None) if count is None else (True, count or None)


def _stop(values: Values, exact: Raws) -> tuple[str, ...] | None:
    raw = values.left.get("stop")
    if raw is not None and is_text(raw):
        return (values.text("stop") or "",)
    exact.pop("stop", None)
    return values.texts("stop")


def _bias(values: Values) -> msgspec.Raw | None:
    raw = values.raw("logit_bias")
    return None if raw is None or raw == msgspec.Raw(b"{}") else raw


def _output(values: Values) -> OutputFormat | None:
    """The field "response_format"; a type that only one provider knows stays an extension."""
    raw = values.left.get("response_format")
    form = values.inside("response_format")
    if form is None or raw is None:
        return None
    kind = form.required(form.text("type"), "type")
    if kind == "text":
        return OutputFormat("text")
    if kind == "json_object":
        return OutputFormat("json")
    if kind == "json_schema":
        inner = form.required(form.inside("json_schema"), "json_schema")
        schema = inner.raw("schema")
        if schema is not None and not is_object(schema):
            raise wrong(inner.name("schema"), "a JSON Schema object")
        name, description = inner.text("name") or "", inner.text("description")
        return OutputFormat("schema", schema, name, description, inner.flag("strict"))
    values.left["response_format"] = raw
    return None
