"""Groups of users and their multipliers on the wire: decimal text; millionths everywhere behind it."""

from typing import Annotated

from pydantic import Field

from admin.schemas.amounts import Ratio
from admin.schemas.base import Name, Wire

MAX_GROUPS = 1000


class GroupSet(Wire):
    """What users of a group pay. `used`: by the group of the key that they use, in place of that group's own ratio."""

    ratio: Ratio = "1"
    used: Annotated[dict[Name, Ratio], Field(max_length=MAX_GROUPS)] = Field(
        default_factory=dict, examples=[{"premium": "0.9"}]
    )


class GroupApply(GroupSet):
    """A group in a document."""

    name: Name


class GroupOut(Wire):
    """A group and its multipliers."""

    name: str
    ratio: str
    used: dict[str, str]


class GroupList(Wire):
    """All groups by name. A group that is not here has the ratio 1."""

    items: list[GroupOut]
