"""Setup: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class SetupIn(TypedDict):
    """The first administrator. `token` is in the link that the gateway prints when it ..."""

    token: str
    name: str
    password: str
    email: NotRequired[str | None]


class SetupState(TypedDict):
    """Whether the gateway still waits for its first administrator."""

    needed: bool
