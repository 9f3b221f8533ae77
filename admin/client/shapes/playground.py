"""Playground: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TypedDict


class PlaygroundKey(TypedDict):
    """A key for this page alone: keep it in memory, ask for another one when it ends ..."""

    key: str
    key_id: int
    name: str
    expires_at: str
    seconds: int
