"""What a channel is sent for a client's request: passed through with listed edits, or written anew from its meaning.

Sends nothing. A retry on another channel starts from the same request.
"""

from collections.abc import Mapping

import msgspec

from adapters import passthrough
from adapters.canonical import compaction
from adapters.canonical.boxed import Unbox, box
from adapters.canonical.context import Client, Fetched, Upstream
from adapters.canonical.loss import Losses
from adapters.canonical.request import Request as Neutral
from adapters.canonical.server_tools import without_server_tools
from adapters.canonical.tool_names import Names, fit
from adapters.errors import ClientError
from adapters.head import Fields, Head
from adapters.reasoning.suffixes import Suffixed
from deployments.calls import Call
from deployments.estimates import SAMPLE_BYTES, Asking, asking
from deployments.exchange import Exchange
from deployments.gate import NotUsable
from deployments.responses_turn import Turn
from deployments.routes import Route
from deployments.table import Channel, Target

_NOT_REPEATED = frozenset({"input", "messages", "contents", "model"})
"""What no answer repeats, and may be large."""


_OPERATIONS = {"chat": "conversations", "text_completion": "completions", "count_tokens": "counting tokens"}
_LABELS = frozenset(Neutral.__struct_fields__) | {
    "messages", "input", "contents", "system", "thinking", "cache_control", "response_format", "top_logprobs",
    "stream_options", "generationConfig", "safetySettings", "container", "context_management", "include", "text",
    "output_config", "web_search_options", "functions", "function_call",
}  # fmt: skip
"""Names of lost fields that a metric tells apart."""


class Unfit(NotUsable):
    """This channel's protocol cannot express the request; `error` says so to the client when no other channel can."""

    def __init__(self, error: ClientError) -> None:
        super().__init__(error.status, error.message, klass="not_convertible")
        self.error = error


class Asked:
    """A client's request. Its meaning is read when the first channel needs it, once.

    `turn` is what it has to do with earlier and later responses, in the protocol that knows such. `suffixed`: what the
    model's name asked for besides the model, which is `head.model`. `fetched`: media that were fetched for it so far.
    """

    __slots__ = ("_neutral", "_sample", "call", "fetched", "head", "suffixed", "turn")

    def __init__(self, call: Call, head: Head, turn: Turn | None = None, suffixed: Suffixed | None = None) -> None:
        self.call = call
        self.suffixed = suffixed
        self.head = head if turn is None else turn.head
        self.turn = turn
        self.fetched: dict[str, Fetched] = {}
        self._neutral: Neutral | None = None
        self._sample: Asking | Fields | None = None

    def neutral(self) -> Neutral:
        """The request in the neutral form. Raises ClientError (400)."""
        if self._neutral is None:
            conversion = self.call.wire.conversion
            if conversion is None:
                raise ClientError(400, "The provider of this model cannot be asked in this protocol.")
            self._neutral = conversion.read_request(self.head)
        return self._neutral

    def forget(self) -> None:
        """No retry from here on: a large request is not kept for the length of its stream."""
        head = self.head
        self._sample = head.fields if head.size <= SAMPLE_BYTES else asking(head, head.fields)
        head.fields = {}
        self.fetched = {}
        self._neutral = None

    def sample(self) -> Asking:
        """What is left of the request to count its input by."""
        found = self.head.fields if self._sample is None else self._sample
        return found if isinstance(found, Asking) else asking(self.head, found)


class Question(msgspec.Struct):
    """Ready to be sent. `forced`: usage was asked for by the gateway alone; `to`: whom the answer is converted for.

    `names` gives tools back the names by which the client knows them, `unbox` takes an answer out of the object that it
    was asked for in.
    """

    route: Route
    channel: Channel
    headers: list[tuple[str, str]]
    body: bytes
    forced: bool = False
    to: Client | None = None
    names: Names | None = None
    unbox: Unbox | None = None


def passed(asked: Asked, route: Route, target: Target, headers: dict[bytes, bytes], cut: int | None) -> Question:
    """The client's own bytes, with the listed edits."""
    head = asked.head
    usage = target.channel.stream_usage
    return Question(
        route,
        target.channel,
        passthrough.request_headers(headers, route.endpoint.headers, route.wire.name),
        route.wire.encode(head, target.upstream_model, force_usage=usage, most=cut),
        usage and head.stream and not head.wants_usage,
    )


def converted(
    asked: Asked,
    route: Route,
    target: Target,
    exchange: Exchange,
    *,
    cut: int | None,
    max_output: int,
    fetched: Mapping[str, Fetched],
) -> Question:
    """The request in the channel's protocol. Raises Unfit, and ClientError (400) for what is no valid request."""
    losses = Losses()
    upstream = Upstream(
        model=target.upstream_model,
        provider=target.channel.provider,
        capabilities=route.endpoint.capabilities,
        max_output=max_output,
        fetched=fetched,
        operation=route.plan.operation,
    )
    request = asked.neutral()
    if asked.call.operation == "compact":
        request = compaction.ask(request)
    request = msgspec.structs.replace(
        request, include_usage=True, max_output=request.max_output if cut is None else cut
    )
    assert route.wire.conversion is not None  # noqa: S101  # routes.py plans conversions between such wires only
    rules = target.channel.overrides
    if rules is not None and rules.drop_server_tools:
        request = without_server_tools(request, route.wire.name, route.endpoint.capabilities, losses)
    request, names = fit(request, route.wire.name)
    request, unbox = box(request, route.wire.name, losses)
    headers = list(route.endpoint.headers)
    if route.wire.conversion.request_headers is not None:
        headers += route.wire.conversion.request_headers(request)
    try:
        body = route.wire.conversion.write_request(request, upstream, losses)
        losses.check(strict=exchange.key.strict)
    except ClientError as error:
        raise Unfit(error) from None
    exchange.losses = losses.names
    if unbox is not None:
        exchange.plan += "; answer asked for in an object"
    return Question(route, target.channel, headers, body, to=client_of(asked, exchange), names=names, unbox=unbox)


def client_of(asked: Asked, exchange: Exchange) -> Client:
    """Whom an answer is written for."""
    head = asked.head
    fields = {}
    if asked.call.wire.name == "responses":  # copied: a slice would keep the whole body for the length of the stream
        left_out = () if head.operation == "compact" else _NOT_REPEATED
        fields = {name: raw.copy() for name, raw in head.fields.items() if name not in left_out}
        if asked.turn is not None:
            fields.update((name, raw.copy()) for name, raw in asked.turn.echo.items())
    elif head.operation == "embeddings":
        fields = dict(head.fields)  # an answer has the form of what was asked
    elif asked.call.wire.name == "chat":  # calls have the form in which the tools were defined
        fields = {name: head.fields[name].copy() for name in ("tools", "functions") if name in head.fields}
    return Client(
        request_id=exchange.request_id,
        created=exchange.started_at // 1_000_000,
        model=exchange.model,
        include_usage=head.wants_usage,
        operation=head.operation,
        fields=fields,
        array=head.array,
    )


def not_offered(asked: Asked, exchange: Exchange) -> ClientError:
    """No channel of the model has this operation."""
    what = _OPERATIONS.get(asked.call.operation, asked.call.operation)
    return ClientError(
        400,
        f"The model '{exchange.model}' cannot be used for {what} here.",
        code="operation_not_supported",
        param="model",
    )


def bounded(names: str) -> list[str]:
    """Lost fields as metric labels: the first part of each name where it is a common one, else "other"."""
    if not names:
        return []
    first = {name.partition(".")[0].partition("[")[0] for name in names.split(",")}
    return sorted({name if name in _LABELS else "other" for name in first})
