"""Views: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class ViewCreate(TypedDict):
    """A new view."""

    page: str
    name: str
    query: str
    shared: NotRequired[Literal["no", "organisation", "everybody"]]
    position: NotRequired[int]


class ViewList(TypedDict):
    """Views by page, position and name."""

    items: list[ViewOut]


class ViewOut(TypedDict):
    """A view. `own`: the caller's; others' are shared with them and cannot be changed ..."""

    id: int
    page: str
    name: str
    query: str
    shared: Literal["no", "organisation", "everybody"]
    position: int
    own: bool
    created_at: str
    updated_at: str


class ViewPatch(TypedDict):
    """A partial change: absent fields stay."""

    name: NotRequired[str]
    query: NotRequired[str]
    shared: NotRequired[Literal["no", "organisation", "everybody"]]
    position: NotRequired[int]
