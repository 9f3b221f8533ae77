"""Checks that several areas of options share."""

import ipaddress
import re

_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


def networks(value: list[str]) -> list[str]:
    """Each item is a network or an address; written in its normal form."""
    found = []
    for item in value:
        try:
            found.append(str(ipaddress.ip_network(item.strip(), strict=False)))
        except ValueError:
            raise ValueError("must be networks such as 10.1.0.0/16") from None
    return found


def domains(value: list[str]) -> list[str]:
    """Each item is a domain; written in small letters."""
    found = [item.strip().lower().removeprefix("@") for item in value]
    if not all(_DOMAIN.fullmatch(item) for item in found):
        raise ValueError("must be domains such as example.com")
    return found


def one_line(value: str) -> str:
    """Text of one line: what goes into the head of a mail must not begin another one."""
    if not value.isprintable():
        raise ValueError("must be one line of printable characters")
    return value
