"""Applying rules to requests written as Python."""

from typing import Any

import msgspec

from adapters.overrides import Context, compile_overrides


def apply(
    rules: Any, body: dict[str, Any], context: Context | None = None, headers: dict[str, str] | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """The body and the headers that a param_override makes of these."""
    return settle({"param_override": rules}, body, context, headers)


def settle(
    settings: dict[str, Any],
    body: dict[str, Any],
    context: Context | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """The same for all settings; asserts that nothing given is changed."""
    overrides = compile_overrides(settings)
    assert overrides is not None
    sent = msgspec.json.encode(body)
    edited = overrides.request(sent, list((headers or {}).items()), context or Context())
    assert msgspec.json.encode(body) == sent
    fields = msgspec.json.decode(sent, type=dict[str, msgspec.Raw])
    before = {name: bytes(raw) for name, raw in fields.items()}
    overrides.body(fields, context or Context())
    assert {name: bytes(raw) for name, raw in fields.items()} == before
    return msgspec.json.decode(edited.body), dict(edited.headers)
