"""Tokens: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class ListedTokenOut(TypedDict):
    """ListedTokenOut of the document."""

    items: list[TokenOut]
    next: NotRequired[str | None]


class TokenCreate(TypedDict):
    """A new token."""

    name: str
    scopes: list[str]
    expires_at: NotRequired[str | None]
    service: NotRequired[bool]


class TokenCreated(TypedDict):
    """The answer to a creation: the only time the token is shown."""

    id: int
    name: str
    hint: str
    user_id: int | None
    user: str | None
    scopes: list[str]
    enabled: bool
    expires_at: str | None
    last_used_at: str | None
    created_at: str
    updated_at: str
    token: str


class TokenOut(TypedDict):
    """A stored token; `hint` shows its beginning and end."""

    id: int
    name: str
    hint: str
    user_id: int | None
    user: str | None
    scopes: list[str]
    enabled: bool
    expires_at: str | None
    last_used_at: str | None
    created_at: str
    updated_at: str


class TokenPatch(TypedDict):
    """A partial change: absent fields stay, `expires_at: null` removes the expiry."""

    name: NotRequired[str]
    scopes: NotRequired[list[str]]
    expires_at: NotRequired[str | None]
    enabled: NotRequired[bool]
