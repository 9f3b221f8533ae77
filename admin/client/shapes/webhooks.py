"""Webhooks: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class WebhookCreate(TypedDict):
    """A new webhook."""

    name: str
    url: str
    events: NotRequired[list[str]]
    owner: NotRequired[Literal["me", "organisation", "gateway"]]
