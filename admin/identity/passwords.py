"""Passwords: which are good enough, and how they are hashed and checked. Knows no user and no database.

Hashes are argon2id. bcrypt's are accepted, as other gateways store them; a login replaces them.
"""

import asyncio
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from typing import NamedTuple

import bcrypt
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from admin.options.identity import Identity

MAX_LENGTH = 256
"""zxcvbn takes long over long texts, argon2 does not; nobody types more."""

SCORED = 72
_AT_ONCE = 2
"""Checks at the same time: each takes a core and its memory."""

_BCRYPT = ("$2a$", "$2b$", "$2y$")


class Verdict(NamedTuple):
    """Whether a password was right, and whether its hash is to be replaced by one of today's parameters."""

    good: bool
    renew: bool = False


def objection(password: str, options: Identity, about: tuple[str, ...] = ()) -> str:
    """Why a new password is not accepted, "" when it is. `about`: the user's name and address, which it must not be.

    The rules are NIST's (SP 800-63B, 5.1.1.2, 2025): a least length, no list of kinds of characters, refused when it is
    common or easy to guess. zxcvbn has lists of common passwords, names and words, and knows patterns.
    """
    if len(password) < options.password_length:
        return f"must have at least {options.password_length} characters"
    if len(password) > MAX_LENGTH:
        return f"must have at most {MAX_LENGTH} characters"
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in password):
        return "must not contain control characters"
    small = password.lower()
    if any(len(word) >= 4 and word.lower() in small and len(small) < 2 * len(word) + 6 for word in about):
        return "must not be made of your name or address"
    from zxcvbn import zxcvbn  # noqa: PLC0415  # its lists take 100 ms to load, and only a new password needs them

    found = zxcvbn(password[:SCORED], user_inputs=[word for word in about if word], max_length=SCORED)
    if int(found["score"]) < options.password_score:
        hint = str(found["feedback"].get("warning") or "").rstrip(".")
        return f"is too easy to guess{': ' + hint[:1].lower() + hint[1:] if hint else ''}"
    return ""


@cache
def _hasher(memory_kib: int, passes: int) -> PasswordHasher:
    return PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)


def _of(options: Identity) -> PasswordHasher:
    return _hasher(options.argon2_memory_kib, options.argon2_passes)


@lru_cache(maxsize=4)
def _nobodys(memory_kib: int, passes: int) -> tuple[str, float]:
    """A hash that no password has, of the same cost as a real one; and the seconds that it took."""
    began = time.perf_counter()
    made = _hasher(memory_kib, passes).hash(secrets.token_urlsafe(32))
    return made, time.perf_counter() - began


_threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="password")


async def hashed(password: str, options: Identity) -> str:
    """The encoded hash to store."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _of(options).hash, password)


async def check(password: str, stored: str | None, options: Identity) -> Verdict:
    """Whether `stored` is the password's hash. Without one it takes as long, and is False."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _check, password, stored, options)


def _check(password: str, stored: str | None, options: Identity) -> Verdict:
    hasher = _of(options)
    # Made at the first check, whosever it is.
    nobodys, seconds = _nobodys(options.argon2_memory_kib, options.argon2_passes)
    if stored is not None and stored.startswith(_BCRYPT):
        verdict, took = _check_bcrypt(password, stored)
        if not verdict.good:
            # It is quicker than argon2, which would tell that there is such an account.
            time.sleep(max(0.0, seconds - took))
        return verdict
    known = stored if stored is not None else nobodys
    try:
        hasher.verify(known, password)
    except (Argon2Error, InvalidHashError):
        return Verdict(good=False)
    return Verdict(stored is not None, renew=hasher.check_needs_rehash(known))


def _check_bcrypt(password: str, stored: str) -> tuple[Verdict, float]:
    """Whether it is right, and the seconds that it took."""
    began = time.perf_counter()
    # bcrypt reads 72 bytes; its library refuses more since 5.0 (2025-09), whoever made the hash did not look.
    try:
        good = bcrypt.checkpw(password.encode()[:72], stored.encode())
    except ValueError:
        good = False
    return Verdict(good, renew=True), time.perf_counter() - began
