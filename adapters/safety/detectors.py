"""Personal data and secrets that are known by their form: a table of patterns, with check digits where there are some.

The forms of secrets are those that the vendors document (GitHub, AWS, Slack, Stripe, OpenAI, Anthropic, Google; read
2026-11). A detector is meant to miss little: numbers without check digits (telephones) also find other numbers.
"""

from collections.abc import Callable, Iterator
from typing import Any

import re2


class Detector:
    """One kind of thing. `spaced`: it may hold spaces; `check` looks at what the pattern found."""

    __slots__ = ("_check", "_regexp", "about", "name", "spaced")

    def __init__(
        self,
        name: str,
        about: str,
        pattern: str,
        check: Callable[[str], bool] | None = None,
        *,
        spaced: bool = False,
    ) -> None:
        self.name = name
        self.about = about
        self.spaced = spaced
        self._check = check
        self._regexp: Any = re2.compile(pattern)

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of what is found. A group in the pattern is the thing itself, without what stands around it."""
        for match in self._regexp.finditer(text):
            group = 1 if self._regexp.groups else 0
            start, end = match.span(group)
            if self._check is None or self._check(text[start:end]):
                yield start, end


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign in "0123456789")


def luhn(text: str) -> bool:
    """Whether the digits have the check digit of payment cards (ISO/IEC 7812-1)."""
    digits = [int(sign) for sign in _digits(text)]
    if not 13 <= len(digits) <= 19 or len(set(digits)) == 1:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def iban(text: str) -> bool:
    """Whether the check digits of an account number are right (ISO 13616)."""
    plain = "".join(text.split()).upper()
    if not 15 <= len(plain) <= 34:
        return False
    moved = plain[4:] + plain[:4]
    return int("".join(str(int(sign, 36)) for sign in moved)) % 97 == 1


_CN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def cn_id(text: str) -> bool:
    """Whether the check character of a Chinese identity number is right (GB 11643)."""
    total = sum(int(sign) * weight for sign, weight in zip(text[:17], _CN_WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == text[17].upper()


def _telephone(text: str) -> bool:
    return 8 <= len(_digits(text)) <= 15


_ALL = (
    Detector("email", "e-mail addresses", r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}"),
    Detector(
        "phone",
        "telephone numbers with a country code, or in the forms of the US and China",
        r"(?:\B\+\d[\d ().-]{6,20}\d|\B\(\d{3}\) ?\d{3}-\d{4}|\b\d{3}-\d{3}-\d{4}|\b1[3-9]\d{9})\b",
        _telephone,
        spaced=True,
    ),
    Detector(
        "credit_card",
        "numbers of payment cards (Luhn)",
        r"\b(?:[2-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}|3[47]\d{2}[ -]?\d{6}[ -]?\d{5})\b",
        luhn,
        spaced=True,
    ),
    Detector(
        "iban",
        "bank accounts (IBAN, check digits)",
        r"\b([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)\b",
        iban,
        spaced=True,
    ),
    Detector(
        "us_ssn",
        "US social security numbers",
        r"\b((?:00[1-9]|0[1-9]\d|[1-578]\d\d|6[0-57-9]\d|66[0-57-9])-\d\d-\d{4})\b",
    ),
    Detector("cn_id", "Chinese identity numbers (check character)", r"\b([1-9]\d{5}(?:19|20)\d{9}[\dXx])\b", cn_id),
    Detector(
        "ip_address", "IPv4 addresses", r"\b((?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d))\b"
    ),
    Detector("aws_key", "access key ids of AWS", r"\b((?:AKIA|ASIA)[A-Z0-9]{16})\b"),
    Detector(
        "api_key",
        "keys of OpenAI, Anthropic, OpenRouter, Stripe and this gateway",
        r"\b((?:sk|rk|pk)[-_][A-Za-z0-9_-]{20,200})",
    ),
    Detector("google_key", "API keys of Google", r"\b(AIza[A-Za-z0-9_-]{35})"),
    Detector(
        "github_token", "tokens of GitHub", r"\b((?:gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{40,251}))"
    ),
    Detector("slack_token", "tokens of Slack", r"\b(xox[abeoprs]-[A-Za-z0-9-]{10,250})"),
    Detector("jwt", "JSON web tokens", r"\b(eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})"),
    Detector(
        "private_key",
        "private keys in PEM form",
        r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----(?:[A-Za-z0-9+/=\s]*)(?:-----END (?:[A-Z]+ )?PRIVATE KEY-----)?",
    ),
)

DETECTORS = {each.name: each for each in _ALL}
"""Every detector by name."""
