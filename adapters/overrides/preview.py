"""A dry run: what a channel's rules make of a request, before it is sent and before they are stored."""

from collections.abc import Mapping
from typing import Any

import msgspec

from adapters.canonical.context import Upstream
from adapters.canonical.loss import Losses
from adapters.errors import GatewayError
from adapters.head import read_fields
from adapters.overrides.channel import Overrides
from adapters.overrides.context import MISSING, Context
from adapters.reasoning import edit
from adapters.reasoning.suffixes import Suffixed

HIDDEN = "{api_key}"
"""Stands for the channel's secret, which no dry run shows."""


class Outcome(msgspec.Struct, kw_only=True):
    """`body` and `headers` as they would go upstream, besides the channel's own authorization and extra headers.

    `changed` are the top-level fields that differ from the body given, `applied` what did it, `losses` what a suffix
    could not say. `refused`: a rule answers in place of the provider; the rest is then as it was given.
    """

    body: dict[str, Any]
    headers: dict[str, str]
    upstream_model: str
    suffix: str = ""
    changed: list[str] = []
    applied: list[str] = []
    losses: list[str] = []
    refused: dict[str, Any] | None = None


def preview(
    rules: Overrides | None,
    body: bytes,
    headers: Mapping[str, str],
    context: Context,
    upstream: Upstream,
    suffixed: Suffixed | None = None,
) -> Outcome:
    """What becomes of `body`, a request in the protocol of the upstream. Raises ClientError when it is no JSON object.

    `headers` are the client's; `suffixed` is the name that it used, where that was taken apart.
    """
    before = fields = read_fields(body)
    losses = Losses()
    found = Outcome(body={}, headers={}, upstream_model=upstream.model)
    if suffixed is not None:
        fields = edit.apply(fields, context.protocol, suffixed, upstream, losses)
        found.suffix = suffixed.suffix
        found.applied.append(f"suffix {suffixed.suffix}")
    client = {_bytes(name.lower()): _bytes(value) for name, value in headers.items()}
    context = msgspec.structs.replace(context, upstream_model=upstream.model, headers=client, api_key=HIDDEN)
    try:
        if rules is not None:
            edited = rules.request(msgspec.json.encode(fields), (), context)
            fields, found.headers = read_fields(edited.body), dict(edited.headers)
            found.applied += edited.notes
    except GatewayError as error:
        found.refused = {"status": error.status, "message": error.message, "code": error.code or ""}
    found.body = msgspec.json.decode(msgspec.json.encode(fields))
    found.changed = sorted(
        name for name in before.keys() | fields.keys() if _plain(before.get(name)) != _plain(fields.get(name))
    )
    found.losses = [f"{loss.field}: {loss.why}" for loss in losses.knobs]
    return found


def _bytes(text: str) -> bytes:
    return text.encode("latin-1", "replace")


def _plain(raw: msgspec.Raw | None) -> Any:  # noqa: ANN401  # any JSON
    return MISSING if raw is None else msgspec.json.decode(raw)
