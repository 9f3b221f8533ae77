"""Codes of authenticator apps (TOTP, RFC 6238: 6 digits, 30 s, SHA-1) and recovery codes. No database, no clock."""

import hmac
import secrets
from io import BytesIO

import pyotp
import segno

STEP_S = 30
WINDOW = 1
"""Steps before and after now that are accepted: phones' clocks are off."""

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike
CODES = 10
CODE_LETTERS = 16


def new_secret() -> str:
    """A new secret: 160 random bits in base 32."""
    return pyotp.random_base32(32)


def address(secret: str, *, account: str, issuer: str) -> str:
    """The otpauth:// address that apps read."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def picture(text: str) -> str:
    """A QR code of `text` as SVG."""
    written = BytesIO()
    segno.make(text, error="m").save(written, kind="svg", scale=4, xmldecl=False, svgns=True)
    return written.getvalue().decode()


def step_of(secret: str, code: str, *, now: int) -> int | None:
    """The time step that a code is of, None when it is wrong. The caller sees to it that no step is used twice.

    All steps of the window are compared whichever is right, so that the time says nothing.
    """
    given = "".join(code.split())
    if len(given) != 6 or not (given.isascii() and given.isdigit()):
        return None
    generator = pyotp.TOTP(secret)
    found = None
    for step in range(now // STEP_S - WINDOW, now // STEP_S + WINDOW + 1):
        if hmac.compare_digest(generator.at(step * STEP_S), given):
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Ten codes of 16 letters (79 bits each), in groups of four."""
    made = ("".join(secrets.choice(_LETTERS) for _ in range(CODE_LETTERS)) for _ in range(CODES))
    return ["-".join(code[at : at + 4] for at in range(0, CODE_LETTERS, 4)) for code in made]


def plain(code: str) -> str:
    """A recovery code as it is hashed: without what people add when they type it."""
    return "".join(sign for sign in code.lower() if sign in _LETTERS)
