"""What groups allow in the data plane: which models, and the order in which a key's groups are tried. Pure.

Whose key may name which group is decided when the key is written, by the admin API; only the groups behind "auto" are
looked at here, because the order belongs to the operator and changes without the key.
"""

import fnmatch
import re
from collections.abc import Iterable

import msgspec

AUTO = "auto"
"""In place of a group's name: the operator's order, as far as the user's group may use its groups."""

EVERYBODY = "*"


class GroupRow(msgspec.Struct, frozen=True, array_like=True):
    """A group as it travels. `models`: names and globs, None: all. `usable_by`: user groups, None: only its own.

    `auto_rank`: its place in the order of "auto", None: it is not in it.
    """

    name: str
    models: list[str] | None = None
    usable_by: list[str] | None = None
    auto_rank: int | None = None


class Groups:
    """The rules of all groups. `restricted`: at least one has a list of models."""

    def __init__(self, rows: Iterable[GroupRow]) -> None:
        rows = list(rows)
        self._models = {row.name: _matcher(row.models) for row in rows if row.models is not None}
        ranked = [row for row in rows if row.auto_rank is not None]
        self._auto = sorted(ranked, key=lambda row: (row.auto_rank or 0, row.name))
        self.restricted = bool(self._models)

    def allows(self, group: str, model: str) -> bool:
        """Whether requests of the group may use the public model name."""
        rule = self._models.get(group)
        return rule is None or model in rule[0] or (rule[1] is not None and rule[1].match(model) is not None)

    def order(self, wanted: tuple[str, ...], user_group: str) -> tuple[str, ...]:
        """The groups to try, "auto" resolved, each once; the user's own where that leaves none."""
        found: dict[str, None] = {}
        for name in wanted:
            found.update(dict.fromkeys(self.auto(user_group) if name == AUTO else (name,)))
        return tuple(found) or (user_group,)

    def auto(self, user_group: str) -> tuple[str, ...]:
        """The operator's order for users of a group."""
        return tuple(row.name for row in self._auto if usable(row.name, row.usable_by, user_group))


def usable(name: str, usable_by: Iterable[str] | None, user_group: str) -> bool:
    """Whether a user of `user_group` may use the group `name`."""
    return name == user_group or (usable_by is not None and bool({user_group, EVERYBODY} & set(usable_by)))


def _matcher(models: list[str]) -> tuple[frozenset[str], re.Pattern[str] | None]:
    globs = sorted(name for name in models if any(sign in name for sign in "*?["))
    pattern = re.compile("|".join(fnmatch.translate(glob) for glob in globs)) if globs else None
    return frozenset(models), pattern
