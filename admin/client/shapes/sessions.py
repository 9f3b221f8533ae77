"""Sessions: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TypedDict


class Ended(TypedDict):
    """How many sessions were ended."""

    ended: int


class SessionList(TypedDict):
    """Sessions, newest first."""

    items: list[SessionOut]


class SessionOut(TypedDict):
    """A session. `current`: the one that asks."""

    id: int
    current: bool
    method: str
    device: str
    agent: str
    ip: str
    created_at: str
    seen_at: str
    expires_at: str
