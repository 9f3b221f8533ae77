"""Audit: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class AuditChange(TypedDict):
    """One field of an object, before and after."""

    field: str
    before: Any
    after: Any


class AuditOut(TypedDict):
    """Who did what to which object, from where, and what changed of it."""

    id: int
    at: str
    actor: str
    actor_user_id: int | None
    organisation_id: int | None
    action: str
    kind: str
    object_id: str
    object_name: str
    changes: list[AuditChange]
    ip: str
    agent: str
    request_id: str
    reversible: bool


class ListedAuditOut(TypedDict):
    """ListedAuditOut of the document."""

    items: list[AuditOut]
    next: NotRequired[str | None]


class RollbackIn(TypedDict):
    """How a change is taken back."""

    dry_run: NotRequired[bool]
    force: NotRequired[bool]


class RollbackOut(TypedDict):
    """What was taken back. `left` are fields that cannot be: secrets, and what ..."""

    entry: int | None
    changes: list[AuditChange]
    left: list[str]
