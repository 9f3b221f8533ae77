"""The first half of a login elsewhere: a state that is bound to this browser, and where the browser goes.

The state is a token that is good once, and what it stands for is in the database: provider, PKCE verifier, nonce, where
the login leads to, whom the account is to be linked to. A cookie ties it to the browser that began, so that nobody can
be signed in to somebody else's account by a link.
"""

import hmac
import secrets
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from fastapi import Request, Response

from admin.federation import oauth
from admin.federation.oauth import ProviderError
from admin.federation.oidc import Discovery
from admin.federation.settings import OAuth2, Oidc, Preset, parsed, preset
from admin.identity import codes, cookies
from admin.options.network import Network
from admin.problems import Problem
from admin.services import Services
from storage import crypto
from storage.models import IdentityProvider
from storage.repositories import identity_providers

STATE_S = 600
_PLAIN = "gateway-sso"
_SECURE = "__Host-gateway-sso"
CONSOLE = "/console"

discovery = Discovery()
"""Of this process."""


class Begun(NamedTuple):
    """Where the browser goes; `state` is also given in a cookie."""

    url: str
    state: str


async def provider_of(services: Services, slug: str) -> IdentityProvider:
    """The provider, which may be used. Raises 404."""
    async with services.sessions() as session:
        found = await identity_providers.find(session, slug)
    if found is None or not found.enabled:
        raise Problem(404, "There is no such way to sign in.", slug="not-found")
    return found


async def begin(
    services: Services,
    request: Request,
    provider: IdentityProvider,
    *,
    next_path: str,
    link_to: int | None = None,
    step_up: int | None = None,
) -> Begun:
    """Begin a login, the linking of an account to the user `link_to`, or a second check for the session `step_up`.

    Raises 502 when the provider is away.
    """
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
    data = {"slug": provider.slug, "verifier": verifier, "nonce": nonce, "next": own_path(next_path)}
    async with services.sessions.begin() as session:
        state = await codes.issue(
            session,
            "sso",
            now=services.clock(),
            seconds=STATE_S,
            user_id=link_to,
            data={**data, "link": link_to, "step_up": step_up},
        )
    try:
        return Begun(await _address(services, request, provider, state, data, again=step_up is not None), state)
    except ProviderError as error:
        raise unreachable(error) from None


async def _address(
    services: Services, request: Request, provider: IdentityProvider, state: str, data: dict[str, Any], *, again: bool
) -> str:
    settings = parsed(provider.kind, provider.settings)
    if isinstance(settings, Preset):
        settings = preset(provider.kind, settings)
    callback = await callback_url(services, request, provider.slug)
    if isinstance(settings, Oidc):
        document = await discovery.document(services.http, settings.issuer, services.clock())
        more = {"prompt": "login", "max_age": "0"} if again else {}
        return oauth.authorize_url(
            document.authorize_url, client_id=settings.client_id, redirect_uri=callback, scopes=settings.scopes,
            state=state, verifier=data["verifier"], nonce=data["nonce"], **more,
        )  # fmt: skip
    if isinstance(settings, OAuth2):
        verifier = data["verifier"] if settings.pkce else ""
        return oauth.authorize_url(
            settings.authorize_url, client_id=settings.client_id, redirect_uri=callback, scopes=settings.scopes,
            state=state, verifier=verifier,
        )  # fmt: skip
    return f"{callback}?state={state}"


async def callback_url(services: Services, request: Request, slug: str) -> str:
    """Where the provider sends the browser back to. Without a public address: the host that the browser names."""
    public = (await services.options.get(Network)).public_url.rstrip("/")
    return f"{public or str(request.base_url).rstrip('/')}/api/v1/sso/{slug}/callback"


def give_state(response: Response, state: str, *, secure: bool) -> None:
    """Tie the login to this browser: Lax, so that the cookie comes along when the provider sends the browser back."""
    response.set_cookie(
        _SECURE if secure else _PLAIN, crypto.digest(state).hex(), max_age=STATE_S, path="/", secure=secure,
        httponly=True, samesite="lax",
    )  # fmt: skip
    response.headers["cache-control"] = "no-store"


def take_state(request: Request, response: Response, state: str, *, secure: bool) -> bool:
    """Whether this browser began the login; the cookie is taken back."""
    name = _SECURE if secure else _PLAIN
    given = request.cookies.get(name, "")
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
    return bool(state) and hmac.compare_digest(given.encode(), crypto.digest(state).hex().encode())


async def is_secure(services: Services, request: Request) -> bool:
    """Whether the browser talks to this gateway over HTTPS."""
    return cookies.is_secure(request, (await services.options.get(Network)).public_url)


def own_path(path: str) -> str:
    """A path of this gateway's console; anything else becomes the console itself: no login leads elsewhere."""
    parts = urlsplit(path)
    plain = path.isascii() and path.isprintable() and "\\" not in path and len(path) <= 1000
    if (
        parts.scheme
        or parts.netloc
        or not plain
        or not (path == CONSOLE or path.startswith((CONSOLE + "/", CONSOLE + "?")))
    ):
        return CONSOLE
    return path


def unreachable(_error: ProviderError) -> Problem:
    """502 for a provider that does not answer as it should."""
    return Problem(502, "The identity provider did not answer as it should. Try again.", slug="provider-away")
