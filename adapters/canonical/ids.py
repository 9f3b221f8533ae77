"""Ids of tool calls and of users, between protocols that bound them differently.

An id goes through as it is where the target takes it. Where not, it is mapped by a pure function, so that the call and
its result, and the same call in the next request, map to the same.
"""

import hashlib
import re

_MADE = "call_gw"
_SAFE = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_UNSAFE = re.compile(r"[^a-zA-Z0-9_-]+")
_NINE = re.compile(r"[a-zA-Z0-9]{9}")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def made(seed: str, number: int) -> str:
    """An id for a call whose protocol gave none: the same for the same `seed` and `number`.

    `seed` is a place in the conversation where requests are read, and our request id where answers are.
    """
    return f"{_MADE}{hashlib.blake2b(seed.encode('utf-8', 'replace'), digest_size=8).hexdigest()}_{number}"


def is_made(call_id: str) -> bool:
    """Whether the id is one of `made`: its protocol never gave it, and need not get it back."""
    return call_id.startswith(_MADE)


def for_messages(call_id: str) -> str:
    """Letters, digits, _ and - ("String should match pattern '^[a-zA-Z0-9_-]+$'"), 64 of them for Bedrock's sake."""
    return call_id if _SAFE.fullmatch(call_id) else _short(_UNSAFE.sub("_", call_id), call_id, 64)


def for_responses(call_id: str) -> str:
    """At most 64 characters, "string_above_max_length" (2026-11)."""
    return call_id if 0 < len(call_id) <= 64 else _short(call_id, call_id, 64)


def for_chat(call_id: str) -> str:
    """At most 40 characters: what OpenAI's older models take (https://github.com/vercel/ai/issues/8132, 2025-08)."""
    return call_id if 0 < len(call_id) <= 40 else _short(call_id, call_id, 40)


def for_mistral(call_id: str) -> str:
    """Exactly nine letters and digits: https://docs.mistral.ai/capabilities/function_calling (2026-11)."""
    if _NINE.fullmatch(call_id):
        return call_id
    number = int.from_bytes(hashlib.blake2b(call_id.encode("utf-8", "replace"), digest_size=8).digest(), "big")
    letters = []
    for _ in range(9):
        number, rest = divmod(number, 62)
        letters.append(_DIGITS[rest])
    return "".join(letters)


def for_user(user: str) -> str:
    """At most 64 characters: "Invalid 'user': string too long. Expected a string with maximum length 64" (2026-11).

    Claude Code names its users in some 150. They mean nothing to a provider but that two are the same or not.
    """
    return user if len(user) <= 64 else hashlib.blake2b(user.encode("utf-8", "replace"), digest_size=32).hexdigest()


def _short(readable: str, whole: str, most: int) -> str:
    """The beginning of an id, and a digest of all of it: two ids with the same beginning stay two."""
    digest = hashlib.blake2b(whole.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return f"{readable[: most - 17] or 'call'}_{digest}"
