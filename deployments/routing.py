"""Choosing a channel: pure. (tiers, what was tried, a random number) -> the next target and why.

Priority tiers in order; inside a tier by weight; a target that failed is out for the rest of the request.
"""

from collections.abc import Callable, Collection, Sequence

from deployments.table import Target, Tier


def choose(
    tiers: Sequence[Tier], tried: Collection[int], resting: Collection[int], random: Callable[[], float]
) -> Target | None:
    """The next target, or None when every channel has been tried.

    `tried`: channel ids that failed in this request. `resting`: channel ids whose breaker is open; they are used only
    when nothing else is left. `random` returns a float in [0, 1).
    """
    rested: Target | None = None
    for tier in tiers:
        if len(tier.targets) == 1 and not tried and not resting:
            return tier.targets[0]
        left = [target for target in tier.targets if target.channel.id not in tried]
        awake = [target for target in left if target.channel.id not in resting]
        if awake:
            return _weighted(awake, random)
        if left and rested is None:
            rested = _weighted(left, random)
    return rested


def _weighted(targets: Sequence[Target], random: Callable[[], float]) -> Target:
    total = sum(target.channel.weight for target in targets)
    if total == 0:
        return targets[int(random() * len(targets))]
    point = random() * total
    for target in targets:
        point -= target.channel.weight
        if point < 0:
            return target
    return targets[-1]
