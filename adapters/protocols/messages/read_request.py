"""Requests of Messages and of its counting of tokens, read: https://docs.claude.com/en/api/messages (2026-11)."""

import msgspec

from adapters.canonical import ids
from adapters.canonical.blocks import Json
from adapters.canonical.request import OutputFormat, Reasoning, Request, Role, Turn
from adapters.errors import ClientError
from adapters.head import Head
from adapters.protocols.chat.values import Values, wrong
from adapters.protocols.messages.citations import NAME
from adapters.protocols.messages.plain_turns import read_plain
from adapters.protocols.messages.read_blocks import read_cache, read_content
from adapters.protocols.messages.read_tools import read_choice, read_tools
from adapters.unreadable import UNREADABLE

_fields = msgspec.json.Decoder(Json)
_ROLES: dict[str, Role] = {"user": "user", "assistant": "assistant", "system": "system"}
_TIERS = {"auto": "auto", "standard_only": "default"}
"""Anthropic's service tier -> the common word for it."""

STATE = frozenset({"container", "thread", "previous_message_id", "fallback_credit_token"})
"""Top-level fields that stand for what the provider keeps."""

LONGEST_USER = 64
"""What OpenAI takes as `user`; Claude Code's is about 150 (https://github.com/maximhq/bifrost/pull/1000, 2025-12)."""

_DISPLAYS = {"summarized": True, "omitted": False}


def read_request(head: Head) -> Request:
    """The neutral form. Raises ClientError (400) that names the field."""
    values = Values(head.fields)
    values.left.pop("model", None)
    values.left.pop("stream", None)
    turns = _system(values)
    for place, raw in enumerate(values.required(values.items("messages"), "messages")):
        turns.append(read_plain(raw) or _turn(raw, f"messages.{place}"))
    tools = read_tools(values)
    choice, parallel = read_choice(values, tools)
    given = values.left.get("metadata")
    user, metadata = _metadata(values)
    exact: Json = {}
    if user is not None and len(user) > LONGEST_USER and given is not None:
        user, metadata, exact = ids.for_responses(user), None, {"metadata": given}
    reasoning, output = _thinking(values), None
    if (config := values.inside("output_config")) is not None:
        effort = config.text("effort")
        if effort is not None:
            reasoning = msgspec.structs.replace(reasoning or Reasoning(), effort=effort)
        output = _format(config, "format")
        if config.extra is not None:
            values.left["output_config"] = msgspec.Raw(msgspec.json.encode(config.extra))
    output = output or _format(values, "output_format")  # its name while it was in beta
    tier = values.text("service_tier")
    return Request(
        model=head.model,
        turns=tuple(turns),
        stream=head.stream,
        include_usage=True,
        tools=tools,
        tool_choice=choice,
        parallel_tools=parallel,
        max_output=values.whole("max_tokens"),
        temperature=values.number("temperature"),
        top_p=values.number("top_p"),
        top_k=values.whole("top_k"),
        stop=values.texts("stop_sequences"),
        reasoning=reasoning,
        output=output,
        service_tier=None if tier is None else _TIERS.get(tier, tier),
        user=user,
        metadata=metadata,
        cache=read_cache(values),
        protocol=NAME,
        extensions={NAME: values.extra} if values.extra else {},
        exact=exact,
        state=STATE & values.left.keys(),
    )


def _system(values: Values) -> list[Turn]:
    raw = values.raw("system")
    if raw is None:
        return []
    blocks, plain = read_content(raw, "system")
    return [Turn("system", blocks, plain=plain, protocol=NAME)]


def _turn(message: msgspec.Raw, path: str) -> Turn:
    try:
        values = Values(_fields.decode(message), path)
    except UNREADABLE:
        raise wrong(path, "an object") from None
    role = _ROLES.get(values.required(values.text("role"), "role"))
    if role is None:
        raise ClientError(
            400,
            f"The field '{path}.role' must be one of {', '.join(_ROLES)}.",
            param=f"{path}.role",
            code="invalid_value",
        )
    raw = values.required(values.raw("content"), "content")
    blocks, plain = read_content(raw, f"{path}.content")
    return Turn(role, blocks, plain=plain, protocol=NAME, extra=values.extra)


def _metadata(values: Values) -> tuple[str | None, Json | None]:
    """The client's end user, and what else stands beside it."""
    metadata = values.inside("metadata")
    if metadata is None:
        return None, None
    user = metadata.text("user_id")
    return user, metadata.extra or (None if user is not None else {})


def _thinking(values: Values) -> Reasoning | None:
    thinking = values.inside("thinking")
    if thinking is None:
        return None
    kind = thinking.required(thinking.text("type"), "type")
    shown = thinking.text("display")
    include = _DISPLAYS.get(shown or "")
    if kind == "enabled":
        reasoning = Reasoning(enabled=True, budget=thinking.whole("budget_tokens"), include=include)
    elif kind == "adaptive":
        reasoning = Reasoning(enabled=True, adaptive=True, include=include)
    elif kind == "disabled":
        reasoning = Reasoning(enabled=False)
    else:
        values.left["thinking"] = msgspec.Raw(msgspec.json.encode({"type": kind, **(thinking.extra or {})}))
        return None
    return reasoning


def _format(values: Values, field: str) -> OutputFormat | None:
    form = values.inside(field)
    if form is None:
        return None
    kind = form.required(form.text("type"), "type")
    schema = form.raw("schema")
    if kind != "json_schema" or schema is None:
        raise ClientError(
            400,
            f"The field '{form.path}' must be an object with type \"json_schema\" and a schema.",
            param=form.path,
            code="invalid_value",
        )
    return OutputFormat("schema", schema, strict=True)
