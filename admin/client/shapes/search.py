"""Search: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class Hit(TypedDict):
    """Something that was found. `ref` is what its route is asked by."""

    kind: Literal[
        "channel", "user", "key", "model", "group", "organisation", "team", "setting", "request", "order", "plan"
    ]
    ref: str
    name: str
    detail: str
    enabled: NotRequired[bool]


class Hits(TypedDict):
    """The best first, within each kind; `more` names the kinds of which there are more."""

    items: list[Hit]
    more: list[
        Literal[
            "channel", "user", "key", "model", "group", "organisation", "team", "setting", "request", "order", "plan"
        ]
    ]
