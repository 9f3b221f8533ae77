"""OAuth 2.0 with an authorization code and PKCE (RFC 6749, 7636): the address to go to, and what a code is good for."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import msgspec

from admin.federation.profile import Profile, Unfit, profile
from admin.federation.settings import OAuth2
from admin.outbound import Outbound

_JSON = {"accept": "application/json"}


class ProviderError(Exception):
    """The provider does not answer as it should. The text is for the log and holds nothing of its answer."""


def challenge(verifier: str) -> str:
    """PKCE's S256 of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def authorize_url(
    endpoint: str, *, client_id: str, redirect_uri: str, scopes: str, state: str, verifier: str, **more: str
) -> str:
    """Where the browser is sent. `verifier` "": without PKCE."""
    query = {"response_type": "code", "client_id": client_id, "redirect_uri": redirect_uri, "state": state, **more}
    if scopes:
        query["scope"] = scopes
    if verifier:
        query |= {"code_challenge": challenge(verifier), "code_challenge_method": "S256"}
    return endpoint + ("&" if "?" in endpoint else "?") + urlencode(query)


async def exchange(
    http: Outbound, endpoint: str, *, client_id: str, secret: str, way: str, code: str, verifier: str, redirect_uri: str
) -> Mapping[str, Any]:
    """What the token endpoint gives for a code. Raises ProviderError."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    if verifier:
        form["code_verifier"] = verifier
    headers = dict(_JSON)
    if way == "basic":
        pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
        headers["authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        form["client_id"] = client_id
        if way == "post":
            form["client_secret"] = secret
    found = await call(http, "POST", endpoint, data=form, headers=headers)
    if not isinstance(found.get("access_token"), str) or found.get("error"):
        raise ProviderError("the token endpoint gives no token")
    return found


async def call(
    http: Outbound, method: str, url: str, *, headers: Mapping[str, str], data: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A JSON object from a provider. Raises ProviderError."""
    try:
        answer = await http.request(method, url, headers={**_JSON, **headers}, data=data)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ProviderError(f"{type(error).__name__} at {method}") from error
    if answer.status_code != 200:
        raise ProviderError(f"status {answer.status_code} at {method}")
    try:
        found = msgspec.json.decode(answer.content)
    except msgspec.DecodeError as error:
        raise ProviderError("the answer is not JSON") from error
    if not isinstance(found, dict):
        raise ProviderError("the answer is no object")
    return found


async def who(http: Outbound, settings: OAuth2, token: str, *, github: bool = False) -> Profile:
    """Who a token is of. Raises ProviderError, Unfit."""
    headers = {"authorization": f"Bearer {token}"}
    claims = await call(http, "GET", settings.userinfo_url, headers=headers)
    if github:
        claims = await _github(http, settings.userinfo_url, headers, claims)
        return profile(claims, subject="id", name="login", email="email", verified="email_verified")
    return profile(
        claims, subject=settings.subject, name=settings.name, email=settings.email, verified=settings.email_verified
    )


async def _github(http: Outbound, url: str, headers: Mapping[str, str], claims: dict[str, Any]) -> dict[str, Any]:
    """GitHub says elsewhere which address is proved: the primary one of those at /user/emails."""
    try:
        answer = await http.get(f"{url}/emails", headers={**_JSON, **headers})
        listed = msgspec.json.decode(answer.content) if answer.status_code == 200 else []
    except (httpx.HTTPError, msgspec.DecodeError):
        listed = []
    primary = next((each for each in listed if isinstance(each, dict) and each.get("primary") is True), None)
    if primary is None:
        return {**claims, "email_verified": False}
    return {**claims, "email": primary.get("email"), "email_verified": primary.get("verified") is True}


__all__ = ["ProviderError", "Unfit", "authorize_url", "call", "challenge", "exchange", "who"]
