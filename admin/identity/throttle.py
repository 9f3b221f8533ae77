"""How often something may be tried: names of the counters and their allowances. The counting is in storage.

An attempt is counted in a transaction of its own before it is made, so that guesses at the same time are all counted.
"""

import ipaddress
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from admin.options.identity import Identity
from admin.problems import Problem
from admin.services import Services
from storage import crypto
from storage.repositories import attempts
from storage.repositories.attempts import Allowance

QUARTER_S = 900
HOUR_S = 3600
DAY_S = 86400
_FREED_S = 2 * DAY_S
"""Longer than any counter of a login stands."""

MAILS_TO_ONE = Allowance(5, HOUR_S, HOUR_S)
MAILS_FROM_ONE = Allowance(20, HOUR_S, HOUR_S)
SECOND_FACTORS = Allowance(5, QUARTER_S, QUARTER_S)
CHALLENGES = Allowance(200, QUARTER_S, 300)
SETUP = Allowance(20, QUARTER_S, QUARTER_S)

Counted = tuple[bytes, Allowance]


def counter(*parts: object) -> bytes:
    """The counter of something: its name's SHA-256."""
    return crypto.digest("\0".join(str(part) for part in parts))


def place(ip: str) -> str:
    """Whom attempts from an address are counted against: of IPv6 the /64, as one connection has all of it."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    if isinstance(address, ipaddress.IPv4Address):
        return ip
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))


def _name(login: str) -> str:
    return login.strip().lower()


async def freed(session: AsyncSession, login: str) -> int:
    """When the pauses of a name were ended last, 0: not lately."""
    return await attempts.marked(session, counter("login-freed", _name(login)))


async def free(session: AsyncSession, login: str, *, now: int) -> None:
    """End the pauses of a name after wrong passwords, from whatever addresses they came.

    Nobody knows which those are: the counters that are named after the time before are not looked at any more.
    """
    await attempts.clear(session, counter("login-account", _name(login)))
    await attempts.mark(session, counter("login-freed", _name(login)), now=now, seconds=_FREED_S)


def login_counters(login: str, ip: str, options: Identity, freed_at: int) -> Sequence[Counted]:
    """What a password of `login` from `ip` counts against. The name is counted whether or not there is such a user."""
    name = _name(login)
    pause, ip = options.login_pause_s, place(ip)
    return (
        (counter("login", name, ip, freed_at), Allowance(options.login_failures, QUARTER_S, pause)),
        (counter("login-ip", ip), Allowance(options.login_failures_ip, QUARTER_S, pause)),
        (counter("login-account", name), Allowance(options.login_failures_account, HOUR_S, pause)),
    )


async def take(services: Services, counted: Sequence[Counted]) -> None:
    """Count an attempt. Raises 429 with Retry-After."""
    wait = 0
    async with services.sessions.begin() as session:
        for name, allowance in counted:
            wait = max(wait, await attempts.take(session, name, allowance, now=services.clock()))
            if wait:
                break
    if wait:
        raise Problem(
            429,
            f"Too many attempts. Try again in {wait} seconds.",
            slug="too-many-attempts",
            headers={"retry-after": str(wait)},
        )


async def clear(services: Services, counted: Sequence[Counted]) -> None:
    """Begin anew after a good attempt."""
    async with services.sessions.begin() as session:
        await attempts.clear(session, *(name for name, _allowance in counted))
