"""Events in words, for mails and phones: a subject and a sentence or two. Pure; the words are in admin/words.

Names in an event were typed by people: they are one line of at most 200 characters here, and escaped in HTML.
"""

from collections.abc import Mapping
from html import escape
from typing import Any, NamedTuple

from admin.said import in_words
from admin.words import catalog, locale_of

_TERMS = {"scope", "period"}
"""Values that are words of ours."""

_SENTENCES = {"reason", "because", "problem"}
"""Values that are sentences of ours, in English."""


class Words(NamedTuple):
    """What a person reads."""

    title: str
    text: str

    @property
    def html(self) -> str:
        """The text as a document."""
        return f"<!doctype html><html><body><p>{escape(self.text)}</p></body></html>"


class _Values(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return ""


def words(kind: str, data: Mapping[str, Any], language: str = "") -> Words:
    """The event in words of a language ("": English); what it lacks is left out."""
    found = catalog(locale_of(language))
    title, text = found["events"].get(kind, (kind, kind))
    terms = found["terms"]
    values = _Values({name: _line(value, terms) for name, value in data.items()})
    for name in _SENTENCES & values.keys():
        values[name] = in_words(values[name], language)
    for name in _TERMS & values.keys():
        values[name] = terms.get(values[name], values[name])
    return Words(title.format_map(values)[:200], text.format_map(values).strip())


def _line(value: object, terms: Mapping[str, str]) -> str:
    if isinstance(value, list):
        listed = ", ".join(_line(each, terms) for each in value[:10]) + (" ..." if len(value) > 10 else "")
        return listed or terms.get("none", "none")
    text = value if isinstance(value, str) else str(value)
    return "".join(char if char.isprintable() else " " for char in text)[:200]
