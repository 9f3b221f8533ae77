"""Headers of the upstream request: what rules set, take away and pass on from the client.

A client's credentials, cookies and addresses never reach a provider by a wildcard; those of one connection never do at
all.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from adapters.overrides.context import Context
from adapters.overrides.patterns import Pattern, Work
from adapters.overrides.problem import OverrideError

MAX_HEADERS = 64
MAX_VALUE = 8192

CONNECTION = frozenset({
    "accept-encoding", "connection", "content-encoding", "content-length", "content-type", "expect", "host",
    "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
})  # fmt: skip
"""Headers of one connection (RFC 9110, 7.6.1) and of the body: the gateway's own."""

_CREDENTIAL = re.compile(
    r"(^|[-_])(authorization|authenticate|api[-_]?key|(access|auth|session)[-_]token|secret|password|cookie2?)$"
)
# By a wildcard these stay here as well: who the client is, and what is said to the gateway.
_PERSONAL = re.compile(
    r"^(x-forwarded-|forwarded$|via$|x-real-ip$|x-client-ip$|true-client-ip$|cf-|x-gateway-|idempotency-key$"
    r"|sec-|origin$|referer$|x-request-id$|traceparent$|tracestate$)"
)
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_PRINTABLE = re.compile(r"[\x20-\x7e]*")
_PLACEHOLDER = re.compile(r"\{(api_key|model|original_model|client_header:([^{}]{1,128}))\}")

PLACEHOLDERS: dict[str, str] = {
    "{api_key}": "the channel's secret",
    "{client_header:NAME}": "that header of the client; without it nothing is set",
    "{model}": "the model's name at the provider",
    "{original_model}": "the name that the client asked for",
}


def check_name(name: object, place: str) -> str:
    """A header's name in small letters. Raises OverrideError for what is no name or belongs to the connection."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise OverrideError(place, "must be the name of a header: letters, digits and hyphens")
    lower = name.lower()
    if lower in CONNECTION:
        raise OverrideError(place, f"the header {lower} belongs to the connection and is set by the gateway")
    return lower


def check_value(name: str, value: object, place: str) -> str:
    """A value with placeholders. Raises OverrideError, also for a credential that is written out."""
    if isinstance(value, bool | int | float):
        value = str(value).lower() if isinstance(value, bool) else str(value)
    if not isinstance(value, str) or len(value) > MAX_VALUE or not _PRINTABLE.fullmatch(value):
        raise OverrideError(place, f"must be at most {MAX_VALUE} printable ASCII characters")
    for found in _PLACEHOLDER.finditer(value):
        if found[2] and is_credential(found[2].lower()):
            raise OverrideError(place, f"{found[2]} carries a credential of the client and is never passed on")
    if is_credential(name) and "{api_key}" not in value:
        raise OverrideError(
            place, f"the header {name} carries a credential, but settings are stored readable; use {{api_key}}"
        )
    return value


def is_credential(name: str) -> bool:
    """True for names of headers that carry credentials."""
    return _CREDENTIAL.search(name) is not None


def fill(template: str, context: Context) -> str | None:
    """The value with its placeholders filled; None when a header of the client is not there."""
    missing = False

    def once(found: re.Match[str]) -> str:
        nonlocal missing
        name = found[1]
        if found[2]:
            value = context.header(found[2])
            missing = missing or value is None
            return value or ""
        return {"api_key": context.api_key, "model": context.upstream_model, "original_model": context.model}[name]

    value = _PLACEHOLDER.sub(once, template) if "{" in template else template
    # The client library refuses a whole request for other bytes.
    return None if missing or not _PRINTABLE.fullmatch(value) else value.strip()


class Headers:
    """Headers of one upstream request while rules work on them. Names in small letters, in the order they came."""

    __slots__ = ("_client", "_values")

    def __init__(self, headers: Iterable[tuple[str, str]], context: Context) -> None:
        self._values = {name.lower(): value for name, value in headers}
        self._client = context

    def get(self, name: str) -> str | None:
        """What goes upstream, or else what the client sent."""
        value = self._values.get(name)
        return value if value is not None else self._sent(name)

    def has(self, name: str) -> bool:
        """Whether it goes upstream as things stand."""
        return name in self._values

    def set(self, name: str, value: str) -> None:
        """Set one; what is not printable is not sent."""
        if _PRINTABLE.fullmatch(value):
            self._values[name] = value

    def drop(self, name: str) -> None:
        """Take one away."""
        self._values.pop(name, None)

    def pass_on(self, name: str) -> None:
        """Hand on a client's header of that name."""
        value = self._sent(name)
        if value is not None:
            self.set(name, value)

    def pass_all(self, pattern: Pattern | None) -> None:
        """Hand on all headers of the client, or those that a pattern matches; see the module about exceptions."""
        for raw in self._client.headers:
            name = raw.decode("latin-1").lower()
            if not _PERSONAL.search(name) and (pattern is None or pattern.found_in(name, Work())):
                self.pass_on(name)

    def _sent(self, name: str) -> str | None:
        return None if name in CONNECTION or is_credential(name) else self._client.header(name)

    def listed(self) -> list[tuple[str, str]]:
        """All of them."""
        return list(self._values.items())


class HeaderOverride:
    """The setting header_override: name -> value, null (taken away), or "*" and "re:PATTERN" (passed on)."""

    __slots__ = ("_passed", "_set")

    def __init__(self, given: object, place: str) -> None:
        if not isinstance(given, Mapping) or len(given) > MAX_HEADERS:
            raise OverrideError(place, f"must be an object of at most {MAX_HEADERS} headers")
        self._passed: list[Pattern | None] = []
        self._set: list[tuple[str, str | None]] = []
        for name, value in given.items():
            self._add(str(name), value, f"{place}.{name}")

    def _add(self, name: str, value: Any, place: str) -> None:  # noqa: ANN401  # any JSON
        if name == "*":
            self._passed.append(None)
        elif name.startswith(("re:", "regex:")):
            self._passed.append(Pattern(name.partition(":")[2], place))
        else:
            lower = check_name(name, place)
            self._set.append((lower, None if value is None else check_value(lower, value, place)))

    def apply(self, headers: Headers, context: Context) -> None:
        """Passed on first, so that what is set by name wins."""
        for pattern in self._passed:
            headers.pass_all(pattern)
        for name, template in self._set:
            value = None if template is None else fill(template, context)
            if template is None:
                headers.drop(name)
            elif value is not None:
                headers.set(name, value)
