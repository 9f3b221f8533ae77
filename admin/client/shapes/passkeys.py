"""Passkeys: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict


class PasskeyCreate(TypedDict):
    """What navigator.credentials.create gave, and a name for the list."""

    ticket: str
    name: str
    credential: dict[str, Any]


class PasskeyList(TypedDict):
    """Passkeys, oldest first."""

    items: list[PasskeyOut]


class PasskeyOut(TypedDict):
    """A passkey. `backed_up`: it is synchronised between devices."""

    id: int
    name: str
    rp_id: str
    backed_up: bool
    created_at: str
    used_at: str | None
    etag: str


class PasskeyPatch(TypedDict):
    """Another name."""

    name: NotRequired[str]
