"""What the console's command palette finds."""

from typing import Literal

from pydantic import Field

from admin.schemas.base import Wire

Kind = Literal[
    "channel", "user", "key", "model", "group", "organisation", "team", "setting", "request", "order", "plan"
]


class Hit(Wire):
    """Something that was found. `ref` is what its route is asked by."""

    kind: Kind
    ref: str = Field(examples=["17"])
    name: str = Field(examples=["openai-main"])
    detail: str = Field(description="A second line: an e-mail address, a provider, an area of settings.")
    enabled: bool = True


class Hits(Wire):
    """The best first, within each kind; `more` names the kinds of which there are more."""

    items: list[Hit]
    more: list[Kind]
