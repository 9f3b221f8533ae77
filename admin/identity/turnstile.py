"""Cloudflare Turnstile: whether a form was filled in by a person. Owns the call that asks Cloudflare.

A token is good once and for 300 s (developers.cloudflare.com/turnstile/get-started/server-side-validation, 2026-11).
"""

from typing import Literal

import httpx

from admin.options.identity import Identity
from admin.problems import Problem
from admin.services import Services

URL = "https://challenges.cloudflare.com/turnstile/v0/siteverify"


async def require(
    services: Services, options: Identity, where: Literal["login", "register", "reset"], token: str, ip: str
) -> None:
    """Raise 422 unless Cloudflare takes the token, 503 when it does not answer; nothing where it is not asked for."""
    if not options.turnstile_secret or not options.turnstile_site_key or where not in options.turnstile_on:
        return
    refused = Problem(422, "The check that you are human was not passed. Repeat it.", slug="turnstile-failed")
    if not token:
        raise refused
    form = {"secret": options.turnstile_secret, "response": token, **({"remoteip": ip} if ip else {})}
    try:
        answer = await services.http.post(URL, data=form)
        found = answer.json()
    except (httpx.HTTPError, ValueError):
        raise Problem(
            503, "The check that you are human is not available. Try again later.", headers={"retry-after": "10"}
        ) from None
    if not isinstance(found, dict) or found.get("success") is not True:
        raise refused
