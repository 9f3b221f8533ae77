"""Second factors: the shapes. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TypedDict


class RecoveryCodes(TypedDict):
    """Shown once."""

    codes: list[str]


class TotpConfirm(TypedDict):
    """A code that the app shows."""

    code: str


class TotpSetup(TypedDict):
    """The secret of a new authenticator app, shown once."""

    secret: str
    address: str
    qr_svg: str
