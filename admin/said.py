"""What the gateway says of things in English, as a code and what was filled in, so that it can be said in any language.

    python -m admin.said writes the console's words for it anew; a test fails while they differ

The sentences are under "said" in admin/words: some are stored with what they speak of (why a channel is off), so they
are known by their text. One that is not there stays English. Problems of the API have a list of their own
(problem_texts.py).
"""

import json
import re
from functools import cache
from pathlib import Path

from pydantic import Field

from admin.problem_texts import NOTHING, Said, Texts
from admin.schemas.base import Wire
from admin.words import LOCALES, catalog, locale_of

CONSOLE = Path(__file__).with_name("ui") / "src" / "locales"

_STATUS = re.compile(r"HTTP (\d{3}): (.+)", re.DOTALL)
"""How a failed test says what the provider answered with."""


class SaidOut(Wire):
    """A sentence for people: `text` in English, `code` and `params` for other languages."""

    text: str = Field(examples=["HTTP 401: The provider refused the gateway's credentials for this model."])
    code: str = Field(description='The name of the sentence; "" for one without.', examples=["upstream-auth"])
    params: dict[str, str | int | float] = Field(description="What is filled in.")
    status: int = Field(default=0, description='The status in "HTTP 401: " that stands before the sentence; 0: none.')


@cache
def _texts() -> Texts:
    places = re.compile(r"\{(\w+)\}")
    sentences: dict[str, str] = catalog("en")["said"]
    return Texts([{"code": code, "text": text, "params": places.findall(text)} for code, text in sentences.items()])


def _parts(text: str) -> tuple[int, Said]:
    found = _texts().find(text)
    if found is NOTHING and (with_status := _STATUS.fullmatch(text)) is not None:
        return int(with_status[1]), _texts().find(with_status[2])
    return 0, found


def said(text: str | None) -> SaidOut | None:
    """A sentence with its code; None for none."""
    if not text:
        return None
    status, found = _parts(text)
    return SaidOut(text=text, code=found.code, params=found.params, status=status if found.code else 0)


def in_words(text: str, language: str) -> str:
    """The sentence in a language; as it is where there is no other."""
    locale = locale_of(language)
    if locale == "en":
        return text
    status, found = _parts(text)
    if not found.code:
        return text
    words = str(catalog(locale)["said"][found.code]).format_map(found.params)
    return f"HTTP {status}: {words}" if status else words


def console(locale: str) -> str:
    """The file of the console's words in one of LOCALES."""
    words = {code: re.sub(r"\{(\w+)\}", r"{{\1}}", text) for code, text in catalog(locale)["said"].items()}
    return json.dumps(words, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    for each in LOCALES:
        (CONSOLE / each / "said.json").write_text(console(each), encoding="utf-8")
