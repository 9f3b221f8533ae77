"""The languages of mails: each says everything that English says, with the same values in it."""

import string
from typing import Any

import pytest

from admin.identity import letters
from admin.notifications.texts import words
from admin.words import LOCALES, asked_for, catalog, locale_of
from storage.events.kinds import KINDS


def _values(text: Any) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(str(text)) if name}


@pytest.mark.parametrize("locale", LOCALES)
def test_a_language_says_everything(locale: str) -> None:
    ours, english = catalog(locale), catalog("en")
    assert set(ours["events"]) == set(KINDS)
    assert set(ours["letters"]) == set(english["letters"])
    for name, event in english["events"].items():
        # Where languages put a value is theirs; that all are said is not.
        assert _values(" ".join(ours["events"][name])) == _values(" ".join(event)), name
    for name, letter in english["letters"].items():
        said = ours["letters"][name]
        assert set(said) == set(letter), name
        assert _values(" ".join(said["text"])) == _values(" ".join(letter["text"])), name
        assert _values(said["subject"]) == _values(letter["subject"]), name
    if locale != "en":
        # Nothing was left in English.
        same = [name for name, event in ours["events"].items() if event[1] == english["events"][name][1]]
        same += [name for name, letter in ours["letters"].items() if letter["text"] == english["letters"][name]["text"]]
        assert same == []


@pytest.mark.parametrize(
    ("language", "locale"),
    [("", "en"), ("de", "en"), ("fr-CA", "fr"), ("FR", "fr"), ("ja", "ja"), ("zh", "zh-CN"), ("zh-Hans-SG", "zh-CN"),
     ("zh-Hant", "zh-TW"), ("zh-HK", "zh-TW"), ("zh_TW", "zh-TW"), ("../../etc", "en")],
)  # fmt: skip
def test_which_language(language: str, locale: str) -> None:
    assert locale_of(language) == locale


@pytest.mark.parametrize(
    ("header", "locale"),
    [("", ""), ("*", ""), ("de, fr;q=0.5, ja;q=0.9", "ja"), ("zh-TW,zh;q=0.9,en;q=0.8", "zh-TW"), ("fr;q=x, en", "en"),
     (",;;,", ""), ("x" * 5000, "")],
)  # fmt: skip
def test_what_a_browser_asks_for(header: str, locale: str) -> None:
    assert asked_for(header) == locale


def test_a_letter_in_a_language() -> None:
    letter = letters.reset("<ann> {code}", "tok", "https://ai.example", "ja-JP")
    assert letter.subject == "パスワードの再設定"
    assert "https://ai.example/console/reset#tok" in letter.text
    assert 'lang="ja"' in letter.html
    assert "&lt;ann&gt; {code}" in letter.html
    assert letters.register_code("123456").subject == "123456 is your code"


def test_an_event_in_a_language() -> None:
    said = words("budget.alert", {"percent": 80, "period": "month", "scope": "user", "name": "ann{x}"}, "zh-CN")
    assert said.text.startswith("用户 ann{x} 的预算")
    assert "80 %" in said.text
    assert "month" not in said.text
    assert words("budget.alert", {"period": "month", "scope": "user"}).text.count("month") == 1
    assert words("channel.models", {"channel": "a", "new": ["x"], "gone": []}, "fr").text.endswith("Disparus : aucun.")
