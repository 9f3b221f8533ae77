"""What mails and notices say, one JSON file per language; which of them somebody reads. Knows no mail and no event.

letters   subject, paragraphs, and a last line, by letter
events    title and text, by kind of event
terms     words that stand inside of events: scopes, periods
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

LOCALES = ("en", "fr", "ja", "zh-CN", "zh-TW")
"""English is what everybody gets who reads none of the others."""


@cache
def catalog(locale: str) -> Mapping[str, Any]:
    """The texts of one of LOCALES."""
    found: dict[str, Any] = json.loads(files(__name__).joinpath(f"{locale}.json").read_text("utf-8"))
    return found


def locale_of(language: str) -> str:
    """Which of LOCALES a language is read in: "fr-CA" in fr, "zh-Hant" and "zh-HK" in zh-TW; "" and others in en."""
    return _known(language) or "en"


def asked_for(accept_language: str) -> str:
    """The first language of an Accept-Language header that there is, by its weights; "" for none."""
    weighted = []
    for place, part in enumerate(accept_language[:500].split(",")[:20]):
        name, _, weight = part.partition(";")
        try:
            much = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            much = 0.0
        weighted.append((-much, place, name.strip()))
    return next((found for _much, _place, name in sorted(weighted) if (found := _known(name))), "")


def _known(language: str) -> str:
    parts = language.lower().replace("_", "-").split("-")
    if parts[0] == "zh":
        return "zh-TW" if {"tw", "hk", "mo", "hant"}.intersection(parts) else "zh-CN"
    return parts[0] if parts[0] in LOCALES else ""
