"""How units are counted: the one algorithm of every authority, as pure functions on a small state.

A unit counts from its use until one window later, so that no window of that length ever holds more than the limit,
wherever it begins. Uses are kept in slots of a hundredth of the window, each with the time of its last use; a slot
leaves as a whole, a hundredth of the window late at most.

Units a replica holds but has not used count until it says what became of them. A replica that is silent for `ttl` is
taken for dead: what it held counts as used at that moment (or, of concurrent requests, is free).

lua/take.lua says the same in Lua, step by step; tests/storage/rates/test_same.py compares them. Times: microseconds.
"""

from storage.rates.authority import Ask, Grant, Level

SLOTS = 100
"""Slots of a window."""

AHEAD_SHARE = 50
"""One part in so many of a limit may be held idle by all replicas together. Limits below it are never held idle."""

REMEMBER = 60_000_000
"""How long a silent replica's last number is remembered."""

HELD_WAIT = 100_000
"""When to ask again if what is missing is held by replicas: they use it or give it back."""


class Hold:
    """What one replica holds: units, until when it counts as alive, the numbers of its last uses and its last ask."""

    __slots__ = ("n", "seq", "turn", "until")

    def __init__(self) -> None:
        self.n = 0
        self.until = 0
        self.seq = 0
        self.turn = 0


class State:
    """One bucket. `slots`: [time of the last use, units], oldest first."""

    __slots__ = ("held", "slots")

    def __init__(self) -> None:
        self.slots: list[list[int]] = []
        self.held: dict[str, Hold] = {}

    @property
    def empty(self) -> bool:
        """Whether nothing is to be remembered."""
        return not self.slots and not self.held


def add(slots: list[list[int]], n: int, at: int, window: int) -> None:
    """Count `n` units used at `at`."""
    size = window // SLOTS
    slot = at // size
    place = len(slots)
    while place and slots[place - 1][0] // size > slot:
        place -= 1
    if place and slots[place - 1][0] // size == slot:
        entry = slots[place - 1]
        entry[1] += n
        entry[0] = max(entry[0], at)
    else:
        slots.insert(place, [at, n])


def credit(slots: list[list[int]], n: int, at: int, window: int) -> None:
    """Take back `n` units counted at `at`: from that slot, from the next one, at last from the one before.

    The next one, because a use is counted a little later than it was: with others of its grain, and on its way. What is
    not found there stays counted.
    """
    size = window // SLOTS
    slot = at // size
    before = -1
    for place, (last, _) in enumerate(slots):
        if last // size < slot:
            before = place
    for place in (before + 1, before + 2, before):
        if 0 <= place < len(slots) and slots[place][0] // size <= slot + 1:
            taken = min(n, slots[place][1])
            slots[place][1] -= taken
            n -= taken
    slots[:] = [entry for entry in slots if entry[1]]


def advance(state: State, window: int, ttl: int, now: int) -> None:
    """Forget what is over, and take silent replicas for dead."""
    slots = state.slots
    ahead = 0
    while slots and slots[-1][0] > now:  # the clock was set back: nothing may count for longer than a window
        ahead += slots.pop()[1]
    if ahead:
        add(slots, ahead, now, window)
    gone = 0
    while gone < len(slots) and slots[gone][0] + window <= now:
        gone += 1
    del slots[:gone]
    for name, hold in list(state.held.items()):
        hold.until = min(hold.until, now + ttl)
        if hold.n and hold.until <= now:
            if hold.until + window > now:
                add(slots, hold.n, hold.until, window)
            hold.n = 0
        if not hold.n and hold.until + REMEMBER <= now:
            del state.held[name]


def take(state: State, ask: Ask, replica: str, ttl: int, now: int) -> Grant:
    """Everything an ask says, at the time `now`."""
    window = ask.window
    advance(state, window, ttl, now)
    slots = state.slots
    hold = state.held.get(replica)
    if hold is None:
        hold = state.held[replica] = Hold()
    if ask.turn < hold.turn:
        return Grant(0, 0, HELD_WAIT)
    hold.turn = ask.turn
    if ask.seq > hold.seq:
        hold.seq = ask.seq
        for n, age in ask.uses:
            at = now - max(age, 0)
            if n > 0 and at + window > now:
                add(slots, n, at, window)
            elif n < 0 and at + window > now:
                credit(slots, -n, at, window)
    hold.n = ask.have
    hold.until = now + ttl
    idle = sum(other.n for other in state.held.values())
    left = ask.limit - idle - sum(n for _, n in slots)
    granted = 0
    if ask.want and left >= ask.need:
        granted = min(left, ask.want)
    if ask.ahead and granted == ask.want:
        share = ask.limit // AHEAD_SHARE
        room = min((share - idle + 1) // 2 if window else share, (left - granted) // 4)
        granted += max(0, min(ask.ahead, room))
    hold.n += granted
    left -= granted
    wait = until_free(slots, ask.need - left, window, now) if granted < ask.want else 0
    return Grant(granted, left, wait)


def until_free(slots: list[list[int]], missing: int, window: int, now: int) -> int:
    """How long until so many units have left the window."""
    for at, n in slots:
        missing -= n
        if missing <= 0:
            return max(1, at + window - now)
    return HELD_WAIT


def level(state: State, window: int, now: int) -> Level:
    """How full a bucket is at `now`; changes nothing."""
    used = sum(n for at, n in state.slots if at + window > now)
    held = 0
    for hold in state.held.values():
        if hold.until > now:
            held += hold.n
        elif hold.until + window > now:
            used += hold.n
    return Level(used, held)
