"""What the rules of a channel make of a request. Nothing is sent, nothing stored."""

from typing import Any

import msgspec
from fastapi import APIRouter

from adapters.canonical.context import Upstream
from adapters.errors import ClientError
from adapters.overrides import Context, Overrides, compile_overrides
from adapters.overrides.preview import preview
from adapters.reasoning.suffixes import SuffixPolicy
from admin.caller import needs_all
from admin.endpoints import channels
from admin.endpoints.common import Ref, problems
from admin.problems import invalid
from admin.schemas.preview import PreviewIn, PreviewOut
from admin.services import Services
from admin.surroundings import Surroundings
from storage.models import Channel

router = APIRouter(prefix="/channels", tags=["channels"])


@router.post(
    "/{channel}/preview",
    responses=problems(400, 404, 413),
    operation_id="preview_channel",
    dependencies=[needs_all("channels.write")],
)
async def preview_channel(services: Surroundings, channel: Ref, wanted: PreviewIn) -> PreviewOut:
    """A dry run of the channel's rules, or of others, on a request."""
    async with services.sessions() as session:
        row = await channels.load(session, channel)
    settings = row.settings if wanted.settings is None else wanted.settings.stored()
    rules = compile_overrides(settings)
    try:
        body = msgspec.json.encode(wanted.body)
    except OverflowError:
        raise invalid([("body.body", "must not hold whole numbers of more than 64 bits")]) from None
    policy = SuffixPolicy() if rules is None else rules.suffixes
    suffixed = None if wanted.model in row.models else policy.parse(wanted.model)
    base = wanted.model if suffixed is None else suffixed.base
    upstream = Upstream(
        model=row.models.get(base) or base, provider=row.provider, capabilities=_can(services, row, wanted.protocol)
    )
    context = Context(
        protocol=wanted.protocol,
        operation=wanted.operation,
        model=wanted.model,
        path=wanted.path,
        attempt=wanted.attempt,
        key=wanted.key,
        user=wanted.user,
        group=wanted.group,
    )
    try:
        found = preview(rules, body, wanted.headers, context, upstream, suffixed)
    except ClientError as error:
        raise invalid([("body.body", error.message)]) from None
    return PreviewOut.model_validate({**msgspec.to_builtins(found), **_answers(rules)})


def _can(services: Services, row: Channel, protocol: str) -> frozenset[str]:
    """What the provider's endpoint of that protocol takes, as the catalogue says."""
    known = services.providers.get(row.provider)
    speaks = None if known is None else known.speaks.get(protocol)
    return frozenset() if speaks is None else frozenset(speaks.capabilities)


def _answers(rules: Overrides | None) -> dict[str, Any]:
    if rules is None:
        return {"status_map": {}, "edits_answers": False}
    return {
        "status_map": {str(old): new for old, new in rules.statuses.items() if old != new},
        "edits_answers": rules.converts,
    }
