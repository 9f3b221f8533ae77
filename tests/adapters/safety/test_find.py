"""What words, patterns and detectors find, and what they leave alone."""

import pytest

from adapters.safety.detectors import DETECTORS
from adapters.safety.find import Detectors, Patterns, Span, Words, apart
from adapters.safety.rule import RuleError

WINDOW = 128
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"


def found(finder: Words | Patterns | Detectors, text: str) -> list[str]:
    return [text[span.start : span.end] for span in finder.spans(text)]


def test_words_whatever_their_case_width_or_invisible_characters() -> None:
    words = Words(["Geheim", "top secret", "机密", "straße"], whole=False, window=WINDOW)
    assert found(words, "a GEHEIMnis, Top Secret!") == ["GEHEIM", "Top Secret"]
    assert found(words, "这是机密文件") == ["机密"]
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in "geheim")
    assert found(words, f"{wide} ge\u200bhe\u00adim") == [wide, "ge\u200bhe\u00adim"]
    assert found(words, "STRASSE é straße") == ["STRASSE", "straße"]
    assert found(words, "nothing") == []


def test_whole_words() -> None:
    words = Words(["ass", "c++"], whole=True, window=WINDOW)
    assert found(words, "class ass. ASS, pass c++ c++x ass") == ["ass", "ASS", "c++", "c++", "ass"]


def test_of_finds_at_the_same_place_the_longest_counts_then_the_first() -> None:
    spans = [Span(0, 3, "word"), Span(0, 5, "card"), Span(0, 5, "phone"), Span(4, 9, "word"), Span(5, 6, "word")]
    assert list(apart(spans)) == [Span(0, 5, "card"), Span(5, 6, "word")]


def test_the_longest_word_counts() -> None:
    assert found(Words(["bad", "bad word"], whole=False, window=WINDOW), "a bad word, bad") == ["bad word", "bad"]


@pytest.mark.parametrize(
    ("name", "is_one", "is_none"),
    [
        ("email", "write to ann.b+c@mail.example.co.uk now|ann.b+c@mail.example.co.uk", "a@b, @home, x@localhost"),
        ("phone", "call +49 30 1234567, ok|+49 30 1234567", "12345, v1.2.3, 2026-11-22, 123456789012345678"),
        ("phone", "手机13812345678。|13812345678", "113812345678 12812345678"),
        ("credit_card", "card 4111 1111 1111 1111.|4111 1111 1111 1111", "4111 1111 1111 1112, 0000000000000000"),
        ("credit_card", "378282246310005|378282246310005", "37828224631000"),
        ("iban", "IBAN DE89 3704 0044 0532 0130 00 end|DE89 3704 0044 0532 0130 00", "DE88 3704 0044 0532 0130 00"),
        ("us_ssn", "123-45-6789|123-45-6789", "000-45-6789 666-45-6789 123-456-789"),
        ("cn_id", "身份证11010519491231002X。|11010519491231002X", "110105194912310021"),
        ("ip_address", "at 192.168.10.1:80|192.168.10.1", "1.2.3 256.1.1.1 1.2.3.999"),
        ("aws_key", "AKIAIOSFODNN7EXAMPLE|AKIAIOSFODNN7EXAMPLE", "AKIAshort"),
        (
            "api_key",
            "key sk-ant-api03-abcdefghijklmnopqrst!|sk-ant-api03-abcdefghijklmnopqrst",
            "sk-short ask-me-what-you-want-to-know-now",
        ),
        ("google_key", "AIza" + "b" * 35 + "|AIza" + "b" * 35, "AIza" + "b" * 20),
        ("github_token", "ghp_" + "a" * 36 + "|ghp_" + "a" * 36, "ghp_" + "a" * 10),
        ("slack_token", "xoxb-1234567890-abc|xoxb-1234567890-abc", "xoxo-hugs"),
        ("jwt", "eyJhbGciOiJI.eyJzdWIiOiIx.abcDEF123|eyJhbGciOiJI.eyJzdWIiOiIx.abcDEF123", "eyJhbGciOiJI.x.y"),
        (
            "private_key",
            f"{PEM}|{PEM}",
            "-----BEGIN CERTIFICATE-----",
        ),
    ],
)
def test_detectors(name: str, is_one: str, is_none: str) -> None:
    finder = Detectors([name], window=WINDOW)
    text, _, wanted = is_one.partition("|")
    assert found(finder, text) == [wanted]
    assert found(finder, is_none) == []


def test_every_detector_is_described() -> None:
    assert all(each.about and each.name == name for name, each in DETECTORS.items())


def test_patterns_and_what_is_no_rule() -> None:
    assert found(Patterns([r"(?i)project-\w+", r"\d{4}"], window=WINDOW), "Project-X 2026") == ["Project-X", "2026"]
    assert found(Patterns(["a*"], window=WINDOW), "bab") == ["a"]
    for make in (
        lambda: Words(["", " "], whole=False, window=1),
        lambda: Words(["x" * 201], whole=False, window=1),
        lambda: Patterns([], window=1),
        lambda: Patterns(["("], window=1),
        lambda: Patterns([r"(?=x)"], window=1),
        lambda: Patterns(["(a{1000}){900}"], window=1),
        lambda: Detectors(["nothing"], window=1),
        lambda: Detectors([], window=1),
    ):
        with pytest.raises(RuleError):
            make()
