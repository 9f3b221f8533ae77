"""Groups of users on the wire: multipliers as decimal text (millionths behind it), models, who may use them."""

from typing import Annotated

from pydantic import AfterValidator, Field

from admin.schemas.amounts import Ratio, ratio_to_millionths
from admin.schemas.base import Fields, Name, Text, Wire
from admin.schemas.models import ModelList
from storage.models import Group
from storage.pricing.units import ratio_text

MAX_GROUPS = 1000
AUTO = "auto"
RULES = ("topup_ratio", "models", "usable_by", "auto_rank", "remark")


def _no_auto(value: list[str]) -> list[str]:
    if AUTO in value:
        raise ValueError("must not have 'auto', which is the order itself")
    if len(set(value)) != len(value):
        raise ValueError("must not have a group twice")
    return value


GroupNames = Annotated[list[Name], Field(max_length=MAX_GROUPS), AfterValidator(_no_auto)]


class GroupSet(Wire):
    """What users of a group pay and reach. `used`: by the group of the key that they use, in place of that group's own.

    `ratio` and `used` are set as given; of the other fields those that are absent stay.
    """

    ratio: Ratio = "1"
    used: Annotated[dict[Name, Ratio], Field(max_length=MAX_GROUPS)] = Field(
        default_factory=dict, examples=[{"premium": "0.9"}]
    )
    topup_ratio: Ratio = Field(default="1", description="On what a top-up costs the group's users.")
    models: Annotated[
        ModelList | None, Field(description="Names and globs that its requests may use; null means all.")
    ] = None
    usable_by: Annotated[list[Text], Field(max_length=MAX_GROUPS)] | None = Field(
        default=None,
        description='Groups whose users may choose this one for their keys, "*" for everybody; null: its own users.',
        examples=[["default"]],
    )
    auto_rank: Annotated[int, Field(strict=True, ge=0, le=10_000)] | None = Field(
        default=None, description='Its place in the order of "auto"; null: it is not in it.'
    )
    remark: Annotated[Text, Field(max_length=255)] = ""

    def rules(self, *, given: bool = False) -> Fields:
        """The stored columns but for ratio and origin; `given`: only those that were sent."""
        names = [name for name in RULES if not given or name in self.model_fields_set]
        columns = {name: getattr(self, name) for name in names}
        if "topup_ratio" in columns:
            columns["topup_ratio"] = ratio_to_millionths(self.topup_ratio)
        return columns


def shown_rules(row: Group) -> Fields:
    """The rules of a stored group as the API shows them."""
    return {**{name: getattr(row, name) for name in RULES}, "topup_ratio": ratio_text(row.topup_ratio)}


class GroupApply(GroupSet):
    """A group in a document."""

    name: Name


class GroupOut(Wire):
    """A group: its multipliers and rules. `users`, `used`, `usable_by` and `remark` are for operators."""

    name: str
    ratio: str = Field(description="For its own users; of a group that one may choose, what one would pay.")
    used: dict[str, str]
    topup_ratio: str
    models: list[str] | None
    usable_by: list[str] | None
    auto_rank: int | None
    remark: str
    users: int | None = Field(description="How many users are in it.")


class GroupList(Wire):
    """All groups by name. A group that is not here has the ratio 1 and every model."""

    items: list[GroupOut]


class AutoOrder(Wire):
    """The groups behind "auto", in the order in which they are tried, as far as a key's user may use them."""

    order: GroupNames = Field(examples=[["cheap", "vip"]])
