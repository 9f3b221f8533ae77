"""Groups: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class AutoOrder(TypedDict):
    """The groups behind 'auto', in the order in which they are tried, as far as a ..."""

    order: list[str]


class GroupList(TypedDict):
    """All groups by name."""

    items: list[GroupOut]


class GroupOut(TypedDict):
    """A group: its multipliers and rules. `users`, `used`, `usable_by` and `remark` ..."""

    name: str
    ratio: str
    used: dict[str, str]
    topup_ratio: str
    models: list[str] | None
    usable_by: list[str] | None
    auto_rank: int | None
    remark: str
    users: int | None


class GroupSet(TypedDict):
    """What users of a group pay and reach. `used`: by the group of the key that they ..."""

    ratio: NotRequired[str | float]
    used: NotRequired[dict[str, str | float]]
    topup_ratio: NotRequired[str | float]
    models: NotRequired[list[str] | None]
    usable_by: NotRequired[list[str] | None]
    auto_rank: NotRequired[int | None]
    remark: NotRequired[str]
