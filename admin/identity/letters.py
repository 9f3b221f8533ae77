"""The mails about accounts: a subject, a text, and the same as HTML, in the reader's language. Pure.

The words are in admin/words. A link is made of the configured public address only: the Host header of a request is
whatever its sender wrote. `language` is what somebody has chosen, or their browser asked for; "" is English.
"""

from html import escape
from typing import Literal, NamedTuple

from admin.words import catalog, locale_of

_FRAME = (
    '<!doctype html><html lang="{lang}"><body style="font:16px/1.5 sans-serif;color:#1a1a1a;max-width:36em;'
    'margin:2em auto">{body}</body></html>'
)

Change = Literal["totp_on", "totp_off", "recovery_codes", "passkey_added", "passkey_removed", "factors_removed"]
"""What has changed about signing in."""


class Letter(NamedTuple):
    """A mail without its address."""

    subject: str
    text: str
    html: str


def _letter(which: str, language: str, *, code: str = "", link: str = "", **values: str) -> Letter:
    locale = locale_of(language)
    words = catalog(locale)["letters"][which]
    values["code"] = code
    lines = [part.format_map(values) for part in words["text"]]
    shown = [f"<p>{escape(part)}</p>" for part in lines]
    if code:
        lines.append(f"    {code}")
        shown.append(f'<p style="font-size:28px;letter-spacing:4px"><strong>{escape(code)}</strong></p>')
    if link:
        lines.append(link)
        shown.append(f'<p><a href="{escape(link, quote=True)}">{escape(link)}</a></p>')
    if end := words.get("end", ""):
        lines.append(end)
        shown.append(f'<p style="color:#666">{escape(end)}</p>')
    html = _FRAME.format(lang=locale, body="".join(shown))
    return Letter(words["subject"].format_map(values), "\n\n".join(lines) + "\n", html)


def register_code(code: str, language: str = "") -> Letter:
    """Proves the address of a new account."""
    return _letter("register_code", language, code=code)


def already_registered(name: str, language: str = "") -> Letter:
    """In place of a code, for an address that has an account: the page says the same in both cases."""
    return _letter("already_registered", language, name=name)


def email_code(code: str, language: str = "") -> Letter:
    """Proves the new address of an account."""
    return _letter("email_code", language, code=code)


def email_changed(name: str, masked: str, language: str = "") -> Letter:
    """To the old address."""
    return _letter("email_changed", language, name=name, masked=masked)


def reset(name: str, token: str, public_url: str, language: str = "") -> Letter:
    """A link to choose a new password; the token alone where the gateway does not know its address."""
    if public_url:
        link = f"{public_url.rstrip('/')}/console/reset#{token}"
        return _letter("reset_link", language, name=name, link=link)
    return _letter("reset_code", language, name=name, code=token)


def password_changed(name: str, language: str = "") -> Letter:
    """After a change or a reset."""
    return _letter("password_changed", language, name=name)


def second_factors_changed(name: str, what: Change, language: str = "") -> Letter:
    """After an authenticator app or a passkey was added or removed."""
    return _letter(what, language, name=name)


def masked(email: str) -> str:
    """An address that can be recognised but not read."""
    user, _, domain = email.partition("@")
    return f"{user[:1]}***@{domain}"


def invitation(inviter: str, link: str, language: str = "") -> Letter:
    """Invites somebody to make an account."""
    return _letter("invitation", language, who=inviter.partition(":")[2] or inviter, link=link)


def trial(language: str = "") -> Letter:
    """Shows that mail works."""
    return _letter("test", language)
