"""The last hand on what a channel is sent: what the suffix of the model's name asks for, then the channel's own rules.

Costs nothing where there is neither.
"""

import msgspec

from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.head import read_fields
from adapters.overrides.context import Context
from adapters.reasoning import edit
from deployments.asking import Asked, Question
from deployments.exchange import MAX_PLAN, Exchange
from deployments.request import Request
from deployments.serving import takes_suffix
from deployments.table import Target


def edited(
    question: Question, request: Request, exchange: Exchange, asked: Asked, target: Target, cut: int | None
) -> Question:
    """The question as it goes out. Raises ClientError or UpstreamError when a rule refuses the request."""
    if asked.suffixed is not None and takes_suffix(target, exchange.model):
        _suffix(question, exchange, asked, target)
    rules = target.channel.overrides
    if rules is None or not rules.edits:
        return question
    key = exchange.key
    context = Context(
        protocol=question.route.wire.name,
        operation=question.route.plan.operation,
        model=exchange.model,
        upstream_model=target.upstream_model,
        path=request.path,
        attempt=exchange.attempts - 1,
        headers=request.headers,
        api_key=question.route.endpoint.secret,
        key=key.name,
        user=str(key.user_id) if key.user_id else "",
        group=exchange.group,
        most=cut,
        failure=exchange.failure,
    )
    found = rules.request(question.body, question.headers, context)
    question.body, question.headers = found.body, found.headers
    if found.notes:
        exchange.plan = "; ".join((exchange.plan, *found.notes))[:MAX_PLAN]
    return question


def _suffix(question: Question, exchange: Exchange, asked: Asked, target: Target) -> None:
    route = question.route
    losses = Losses()
    upstream = Upstream(
        model=target.upstream_model, provider=target.channel.provider, capabilities=route.endpoint.capabilities
    )
    assert asked.suffixed is not None  # noqa: S101  # the caller looked
    before = read_fields(question.body)
    after = edit.apply(before, route.wire.name, asked.suffixed, upstream, losses)
    if after is not before:
        question.body = msgspec.json.encode(after)
    exchange.plan = f"{exchange.plan}; suffix {asked.suffixed.suffix}"
    exchange.losses = ",".join(name for name in (exchange.losses, losses.names) if name)[:512]
