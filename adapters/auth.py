"""How a key is shown to a provider: which header, in which form. Pure; it keeps no key."""

from typing import Literal, TypeAlias

Auth: TypeAlias = Literal["bearer", "x-api-key", "x-goog-api-key", "api-key", "none"]
"""The styles that the four protocols' providers use."""


def header(style: Auth, secret: str) -> tuple[tuple[str, str], ...]:
    """The header that carries `secret`, as (name, value); nothing without a secret or for the style "none"."""
    if not secret or style == "none":
        return ()
    if style == "bearer":
        return (("authorization", f"Bearer {secret}"),)
    return ((style, secret),)
