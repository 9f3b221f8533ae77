"""Configuration as code on the wire: the document, and what applying it changes."""

from typing import Annotated, Any, Literal

from pydantic import Field

from admin.schemas.base import Flag, Token, Wire
from admin.schemas.channel import ChannelCreate
from admin.schemas.group import GroupApply
from admin.schemas.key import KeyCreate
from admin.schemas.limit import LimitSet
from admin.schemas.price import PriceSet

MAX_OBJECTS = 2000

Action = Literal["create", "update", "delete", "unchanged"]
Kind = Literal["channel", "key", "price", "group", "limit"]


class ChannelApply(ChannelCreate):
    """A channel of a document, with its several keys where it has several."""

    keys: Annotated[list[Token], Field(min_length=1, max_length=1000)] | None = Field(
        default=None, description="In place of `secret`. Those that the channel lacks are added, none is removed."
    )


class Document(Wire):
    """The wanted state. A section that is absent is left alone; absent fields of an object have their defaults.

    Secrets are the exception: a channel without `secret`, or a key without `key`, keeps what is stored.
    """

    channels: Annotated[list[ChannelApply], Field(max_length=MAX_OBJECTS)] | None = None
    keys: Annotated[list[KeyCreate], Field(max_length=MAX_OBJECTS)] | None = None
    prices: Annotated[list[PriceSet], Field(max_length=MAX_OBJECTS)] | None = None
    groups: Annotated[list[GroupApply], Field(max_length=MAX_OBJECTS)] | None = None
    limits: Annotated[list[LimitSet], Field(max_length=MAX_OBJECTS)] | None = None


class ApplyRequest(Wire):
    """`dry_run` changes nothing and answers the same; `prune` deletes what an apply made and the document lacks."""

    document: Document
    dry_run: Flag = False
    prune: Flag = False


class Change(Wire):
    """One object: what happens to it, and [old, new] of each field that changes. A secret is only ever "changed"."""

    action: Action
    kind: Kind
    name: str
    fields: dict[str, tuple[Any, Any]] = Field(examples=[{"weight": [1, 5]}])


class ApplyResult(Wire):
    """All changes in document order, then deletions."""

    dry_run: bool
    changes: list[Change]
