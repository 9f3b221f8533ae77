"""The small notations of `gateway prices set`: tiers, windows, and NAME=USD pairs -> the fields of the API."""

import re
from typing import Any

from admin.cli.errors import misuse

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)=([0-9.]+)(?:@([a-z,]+))?")
COMPONENTS = (
    "input", "output", "cache_read", "cache_write", "cache_write_1h", "reasoning", "image_input", "image_output",
    "audio_input", "audio_output",
)  # fmt: skip


def pairs(values: list[str] | None, option: str) -> dict[str, str]:
    """`NAME=USD`, repeated -> mapping."""
    found: dict[str, str] = {}
    for value in values or []:
        name, equals, usd = value.rpartition("=")
        if not name or not equals or not usd:
            raise misuse(f"{option} {value!r} is not understood.", f"Write {option} NAME=USD.")
        if name in found:
            raise misuse(f"{option} {name} is there twice.")
        found[name] = usd
    return found


def tiers(values: list[str] | None) -> list[dict[str, Any]]:
    """`200000:input=6,output=22.5`, repeated -> tiers."""
    found = []
    for value in values or []:
        above, colon, rest = value.partition(":")
        if not above.isdigit() or not above.isascii() or not colon or not rest:
            raise misuse(f"--tier {value!r} is not understood.", "Write --tier 200000:input=6,output=22.5.")
        prices = pairs(rest.split(","), "--tier")
        names = {name.replace("-", "_"): usd for name, usd in prices.items()}
        for name in names:
            if name not in COMPONENTS:
                raise misuse(
                    f"--tier {value!r}: there is no component {name!r}.", f"There are {', '.join(COMPONENTS)}."
                )
        found.append({"above": int(above), **names})
    return found


def windows(values: list[str] | None) -> list[dict[str, Any]]:
    """`16:30-00:30=0.5` or `00:00-00:00=0.8@sat,sun`, repeated -> windows."""
    found = []
    for value in values or []:
        parts = _WINDOW.fullmatch(value)
        days = parts[4].split(",") if parts and parts[4] else []
        if parts is None or any(day not in _DAYS for day in days):
            raise misuse(
                f"--window {value!r} is not understood.",
                "Write --window 16:30-00:30=0.5 or --window 00:00-00:00=0.8@sat,sun.",
            )
        found.append(
            {"start": parts[1], "end": parts[2], "ratio": parts[3], "days": sorted(_DAYS.index(day) for day in days)}
        )
    return found
