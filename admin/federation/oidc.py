"""OpenID Connect (Core 1.0, Discovery 1.0): the provider's document and keys, and what an id token has to prove."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from admin.federation.oauth import ProviderError, call
from admin.federation.profile import Profile, profile
from admin.federation.settings import Oidc
from admin.outbound import Outbound

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Signatures that are taken: none with a shared secret, and never "none"."""
LEEWAY_S = 60
KEEP_S = 3600


class Document(NamedTuple):
    """What discovery says."""

    issuer: str
    authorize_url: str
    token_url: str
    jwks_url: str
    userinfo_url: str
    names_issuer: bool


class Discovery:
    """Documents and keys of issuers, kept for an hour; keys are read anew for a key that is not known."""

    def __init__(self) -> None:
        self._documents: dict[str, tuple[int, Document]] = {}
        self._keys: dict[str, tuple[int, KeySet]] = {}

    async def document(self, http: Outbound, issuer: str, now: int) -> Document:
        """Raises ProviderError."""
        known = self._documents.get(issuer)
        if known is not None and now < known[0]:
            return known[1]
        found = await call(http, "GET", issuer.rstrip("/") + "/.well-known/openid-configuration", headers={})
        if found.get("issuer") != issuer and found.get("issuer") != issuer.rstrip("/"):
            raise ProviderError("the document is of another issuer")
        urls = []
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
            url = found.get(name, "")
            if not isinstance(url, str) or (not url and name != "userinfo_endpoint"):
                raise ProviderError(f"the document has no {name}")
            if url and urlsplit(url).scheme not in ("https", urlsplit(issuer).scheme):
                raise ProviderError(f"{name} is not https")
            urls.append(url)
        names = found.get("authorization_response_iss_parameter_supported") is True
        document = Document(str(found["issuer"]), urls[0], urls[1], urls[2], urls[3], names)
        self._documents[issuer] = (now + KEEP_S, document)
        return document

    async def keys(self, http: Outbound, document: Document, now: int, *, anew: bool = False) -> KeySet:
        """The issuer's keys. Raises ProviderError."""
        known = self._keys.get(document.jwks_url)
        if known is not None and now < known[0] and not anew:
            return known[1]
        found = await call(http, "GET", document.jwks_url, headers={})
        try:
            keys = KeySet.import_key_set(found)  # type: ignore[arg-type]  # checked by what reads it
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise ProviderError("the keys cannot be read") from error
        self._keys[document.jwks_url] = (now + KEEP_S, keys)
        return keys


async def who(
    http: Outbound,
    discovery: Discovery,
    settings: Oidc,
    tokens: Mapping[str, Any],
    *,
    nonce: str,
    now: int,
    again_s: int | None = None,
) -> Profile:
    """Who signed in, by the id token and the userinfo endpoint. Raises ProviderError, Unfit.

    `again_s`: the person has to have signed in there within so many seconds, and the token has to say so.
    """
    document = await discovery.document(http, settings.issuer, now)
    claims = await _verified(http, discovery, document, str(tokens.get("id_token", "")), now)
    _check(claims, document.issuer, settings.client_id, nonce, now)
    if again_s is not None:
        when = claims.get("auth_time")
        if not isinstance(when, int | float) or when < now - again_s - LEEWAY_S:
            raise ProviderError("nobody signed in there just now")
    if document.userinfo_url:
        headers = {"authorization": f"Bearer {tokens['access_token']}"}
        more = await call(http, "GET", document.userinfo_url, headers=headers)
        if more.get("sub") != claims.get("sub"):
            raise ProviderError("the userinfo endpoint speaks of somebody else")
        claims = {**more, **claims}
    name = settings.name if claims.get(settings.name) else "name"
    return profile(claims, subject="sub", name=name, email="email", verified="email_verified")


async def _verified(http: Outbound, discovery: Discovery, document: Document, token: str, now: int) -> dict[str, Any]:
    for anew in (False, True):
        keys = await discovery.keys(http, document, now, anew=anew)
        try:
            return dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            if anew:
                raise ProviderError("the id token's signature is not right") from error
    raise ProviderError("the id token cannot be read")


def _check(claims: Mapping[str, Any], issuer: str, client_id: str, nonce: str, now: int) -> None:
    """Core 1.0, 3.1.3.7."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if claims.get("iss") != issuer:
        raise ProviderError("the id token is of another issuer")
    if client_id not in audiences or (len(audiences) > 1 and claims.get("azp") != client_id):
        raise ProviderError("the id token is for another application")
    if claims.get("azp", client_id) != client_id:
        raise ProviderError("the id token was given to another application")
    if claims.get("nonce") != nonce:
        raise ProviderError("the id token is not of this login")
    expires, issued = claims.get("exp"), claims.get("iat")
    if not isinstance(expires, int | float) or expires <= now - LEEWAY_S:
        raise ProviderError("the id token has expired")
    if not isinstance(issued, int | float) or issued > now + LEEWAY_S:
        raise ProviderError("the id token is of the future")
