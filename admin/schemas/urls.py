"""Addresses of upstreams and proxies; owns what is accepted, so that no credential or fragment ends up in one."""

import re
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?|[0-9A-Fa-f:.]+")


def _checker(schemes: frozenset[str], *, path: bool) -> Callable[[str], str]:
    wanted = " or ".join(f"{scheme}://" for scheme in sorted(schemes))

    def check(value: str) -> str:
        if not value.isascii() or not value.isprintable() or " " in value or "\\" in value:
            raise ValueError(
                "must be printable ASCII without spaces or backslashes (write an international host as punycode)"
            )
        try:
            parts = urlsplit(value)
            port = parts.port
        except ValueError:
            raise ValueError("is not a valid address: check the host and the port (1 to 65535)") from None
        host = parts.hostname or ""
        if parts.scheme not in schemes or not host:
            raise ValueError(f"must begin with {wanted} and name a host")
        if not _HOST.fullmatch(host) or port == 0:
            raise ValueError("is not a valid address: check the host and the port (1 to 65535)")
        if parts.username is not None or parts.password is not None:
            raise ValueError("must not contain a user name or password")
        if "#" in value or "?" in value:
            raise ValueError("must not contain a query (?) or a fragment (#)")
        if not path and parts.path not in {"", "/"}:
            raise ValueError("must not contain a path")
        return value.rstrip("/")

    return check


BaseUrl = Annotated[
    str,
    Field(strict=True, min_length=1, max_length=2048, examples=["https://api.openai.com/v1"]),
    AfterValidator(_checker(frozenset({"http", "https"}), path=True)),
]
ProxyUrl = Annotated[
    str,
    Field(strict=True, min_length=1, max_length=2048, examples=["http://proxy.example.com:3128"]),
    AfterValidator(_checker(frozenset({"http", "https", "socks5", "socks5h"}), path=False)),
]
