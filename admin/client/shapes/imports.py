"""Imports: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class ImportBatch(TypedDict):
    """A page of one table of a New API database."""

    source: str
    table: Literal["users", "tokens", "channels", "redemptions", "options"]
    rows: list[dict[str, Any]]
    dry_run: NotRequired[bool]
    quota_per_usd: NotRequired[int]
    expected_users: NotRequired[list[int]]


class ImportDone(TypedDict):
    """The items in the order of the rows."""

    items: list[ImportItem]


class ImportItem(TypedDict):
    """What became of one thing. `known`: an earlier run took it, and it is left as it ..."""

    kind: str
    id: str
    name: str
    outcome: Literal["taken", "known", "refused"]
    reason: NotRequired[str]
    notes: NotRequired[list[str]]
