"""Multipliers by group: what users of one group pay when they use another. Immutable, travels to the replicas."""

from __future__ import annotations

import msgspec

from storage.pricing.units import ONE


class Ratios(msgspec.Struct, frozen=True, array_like=True):
    """In millionths. `overrides` is user group -> used group -> multiplier, in place of the used group's own."""

    groups: dict[str, int] = msgspec.field(default_factory=dict)
    overrides: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)

    def of(self, user_group: str, used_group: str) -> int:
        """The multiplier for a user of `user_group` whose key uses `used_group`; x1 where nothing is said."""
        if self.overrides:
            special = self.overrides.get(user_group)
            if special is not None and (found := special.get(used_group)) is not None:
                return found
        return self.groups.get(used_group, ONE)
