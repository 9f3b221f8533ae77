"""Keys in a replica.

A bounded memory of what the database says, one lookup for a key that is not remembered, and nothing awaited for one
that is.

Changes arrive from the Router within a second (`forget`). When the database is away, remembered keys go on working; an
unknown one is answered with 503.
"""

import asyncio
import fnmatch
import hashlib
import logging
import re
import time
from collections.abc import Awaitable, Callable, Iterable

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from adapters.errors import ClientError, GatewayFault
from deployments.groups import AUTO
from deployments.key_rules import KeyRules, rules_of
from storage.ledger.purses import Holder, Purse, holder
from storage.patience import patience
from storage.repositories import keys

UNKNOWN_S = 5.0
"""How long an unknown key is remembered as unknown, so that guessing does not reach the database each time."""

MAX_LOOKUPS = 64
"""Database lookups of keys under way at one time; more wait, and are answered with 503 after LOOKUP_S."""

MAX_WAITING = 4096
"""Lookups under way and waiting; a flood of invented keys is answered with 503 and not remembered."""

LOOKUP_S = 5.0
"""How long a request waits for the database; a pause of this process does not count."""


class Key(msgspec.Struct, gc=False):
    """A key as the data plane needs it. `models` None: all. `expires_at` unix seconds, 0: never.

    `checked_at` monotonic seconds. `group` is the group it uses, `user_group` that of its user, `cost_cap` the most
    that a request may cost in nano-USD (0: no bound). `strict`: a request that a conversion would change is refused.
    `rules` say where and for what it may be used, None: everywhere, for everything.
    `groups` are tried in order in place of `group`, all of them with `group_retry`; empty: `group` counts.
    Its requests draw on the `purses`, which hold until `purses_until` (unix seconds, 0: for good), or where those do
    not cover one, on the first of `more` that does. `within` are the models of its team, where both name some.
    """

    id: int
    name: str
    enabled: bool
    admin: bool
    models: frozenset[str] | None
    globs: re.Pattern[str] | None
    expires_at: float
    checked_at: float
    user_id: int = 0
    organisation_id: int = 0
    group: str = ""
    user_group: str = ""
    cost_cap: int = 0
    purses: tuple[Purse, ...] = ()
    purses_until: float = 0.0
    strict: bool = False
    groups: tuple[str, ...] = ()
    group_retry: bool = False
    more: tuple[tuple[Purse, ...], ...] = ()
    rules: KeyRules | None = None
    team_id: int = 0
    within: Callable[[str], bool] | None = None

    def may_use(self, model: str) -> bool:
        """Whether the key is allowed to use a public model name."""
        if self.models is None:
            return True
        if self.within is not None and not self.within(model):
            return False
        return model in self.models or (self.globs is not None and self.globs.match(model) is not None)


def make(
    key_id: int,
    name: str,
    *,
    enabled: bool,
    admin: bool,
    models: Iterable[str] | None,
    expires_at: float,
    cost_cap: int = 0,
    strict: bool = False,
    holder: Holder | None = None,
) -> Key:
    """Build a Key from a database row's values and what the ledger says of its user."""
    of_team = holder.team_models if holder is not None else None
    names, globs = _compiled(of_team if models is None else models)
    key = Key(key_id, name, enabled, admin, names, globs, expires_at, time.monotonic(), cost_cap=cost_cap)
    key.strict = strict
    if holder is not None:
        key.enabled = enabled and holder.enabled
        key.user_id = holder.user_id
        key.organisation_id = holder.organisation_id
        key.group = holder.group
        key.user_group = holder.user_group
        key.groups = tuple(holder.groups) or ((AUTO,) if holder.group == AUTO else ())
        key.group_retry = holder.group_retry
        key.team_id = holder.team_id
        if models is not None and of_team is not None:
            key.within = _matcher(of_team)
        key.purses = tuple(holder.purses)
        key.more = tuple([tuple(choice) for choice in holder.more])
        ends = {purse.period_end for choice in (holder.purses, *holder.more) for purse in choice} | {holder.until}
        key.purses_until = min(ends - {0}, default=0)
    return key


def _compiled(models: Iterable[str] | None) -> tuple[frozenset[str] | None, re.Pattern[str] | None]:
    names = None if models is None else frozenset(models)
    patterns = sorted(name for name in names or () if any(sign in name for sign in "*?["))
    globs = re.compile("|".join(fnmatch.translate(pattern) for pattern in patterns)) if patterns else None
    return names, globs


def _matcher(models: Iterable[str]) -> Callable[[str], bool]:
    names, globs = _compiled(models)
    return lambda model: model in (names or ()) or (globs is not None and globs.match(model) is not None)


async def load(sessions: async_sessionmaker[AsyncSession], digest: bytes) -> Key | None:
    """Ask the database for a key, whose it is and what it draws on. Raises whatever the database raises."""
    async with sessions.begin() as session:  # begins the accounts of a new period
        row = await keys.find_by_digest(session, digest)
        if row is None:
            return None
        held_by = await holder(session, row, int(time.time()))
    ends = [row.expires_at] if row.expires_at is not None else []
    if row.digest != digest and row.old_until is not None:  # a value that was rotated out and is good for a while
        ends.append(row.old_until)
    key = make(
        row.id,
        row.name,
        enabled=row.enabled,
        admin=row.admin,
        models=row.models,
        expires_at=min(ends).timestamp() if ends else 0.0,
        cost_cap=row.cost_cap or 0,
        strict=row.strict,
        holder=held_by,
    )
    key.rules = rules_of(row.endpoints, row.networks)
    return key


Load = Callable[[bytes], Awaitable[Key | None]]


class Keys:
    """The memory. `load` asks the database for a digest and may raise anything when it is away."""

    def __init__(self, load: Load, *, capacity: int, trust_s: float) -> None:
        self._load = load
        self._capacity = capacity
        self._trust_s = trust_s
        self._known: dict[bytes, Key] = {}
        self._unknown: dict[bytes, float] = {}
        self._pending: dict[bytes, asyncio.Task[Key | None]] = {}
        self._slots = asyncio.Semaphore(MAX_LOOKUPS)
        self._epoch = 0
        self._away = False
        self._log = logging.getLogger("gateway")

    def __len__(self) -> int:
        return len(self._known)

    def remembered(self, token: bytes) -> tuple[bytes, Key | None]:
        """(digest, key) without waiting; the key is None when the database has to be asked (`find`)."""
        digest = hashlib.sha256(token).digest()
        key = self._known.get(digest)
        if key is not None and key.purses_until and time.time() >= key.purses_until:
            return digest, None  # a period has ended: another account counts now
        if key is not None and time.monotonic() - key.checked_at > self._trust_s and digest not in self._pending:
            self._start(digest)  # goes on with what is known while the answer is on its way
        return digest, key

    async def find(self, digest: bytes) -> Key:
        """Ask the database. Raises ClientError (401: no such key) or GatewayFault (503: it did not answer)."""
        forgotten = self._unknown.get(digest)
        if forgotten is not None and time.monotonic() < forgotten:
            raise unknown_key()
        task = self._pending.get(digest)
        if task is None:
            if len(self._pending) >= MAX_WAITING:
                raise _busy()
            task = self._start(digest)
        try:
            async with patience(LOOKUP_S):
                key = await asyncio.shield(task)
        except Exception as error:  # noqa: BLE001  # a database driver may raise anything when it is away
            self._failed(error)
            raise _busy() from None
        self._away = False
        if key is None:
            raise unknown_key()
        return key

    def forget(self, digests: Iterable[bytes]) -> None:
        """The database has changed these keys."""
        self._epoch += 1
        for digest in digests:
            self._known.pop(digest, None)
            self._unknown.pop(digest, None)
            self._pending.pop(digest, None)

    def forget_all(self) -> None:
        """Too much has changed to be listed."""
        self._epoch += 1
        self._known.clear()
        self._unknown.clear()
        self._pending.clear()

    def _failed(self, error: Exception) -> None:
        """Said once, until the database answers again: each request of an unknown key would say it."""
        if not self._away:
            self._away = True
            self._log.error("keys: the database does not answer, unknown keys get 503: %s", type(error).__name__)

    def _start(self, digest: bytes) -> asyncio.Task[Key | None]:
        task = self._pending[digest] = asyncio.get_running_loop().create_task(self._look_up(digest))
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task

    async def _look_up(self, digest: bytes) -> Key | None:
        epoch = self._epoch
        mine = asyncio.current_task()
        try:
            async with self._slots:
                key = await self._load(digest)
        finally:
            if self._pending.get(digest) is mine:
                del self._pending[digest]
        if epoch != self._epoch:
            return key  # something changed meanwhile: right for this request, not remembered
        if key is None:
            self._known.pop(digest, None)
            self._trim(self._unknown)
            self._unknown[digest] = time.monotonic() + UNKNOWN_S
        else:
            self._trim(self._known)
            self._known[digest] = key
        return key

    def _trim(self, memory: dict[bytes, Key] | dict[bytes, float]) -> None:
        while len(memory) >= self._capacity:
            del memory[next(iter(memory))]  # the oldest entry; a key in use comes back with one lookup


def unknown_key() -> ClientError:
    """401 for a key that does not exist."""
    return ClientError(401, "Incorrect API key provided.", code="invalid_api_key")


def _busy() -> GatewayFault:
    return GatewayFault(
        503, "The gateway cannot check this key at the moment; retry.", code="key_lookup_failed", retry_after="1"
    )


def check(key: Key) -> None:
    """Raises ClientError (401) when the key is switched off or over its date."""
    if not key.enabled:
        raise ClientError(401, "This API key has been disabled.", code="key_disabled")
    if key.expires_at and time.time() > key.expires_at:
        raise ClientError(401, "This API key has expired.", code="key_expired")
