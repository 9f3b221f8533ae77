"""The session cookie, and the guard against requests that another site makes a browser send with it. Pure.

Three things have to be right before a cookie counts on a request that changes something (OWASP, Cross-Site Request
Forgery Prevention, 2025): the browser says that it comes from here (Sec-Fetch-Site, or else Origin), the cookie is
SameSite=Lax, and the header X-CSRF-Token holds what only our own pages were told.
"""

import base64
import hashlib
import hmac
from urllib.parse import urlsplit

from fastapi import Request, Response

from admin.problems import Problem

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER = "x-csrf-token"
PLAIN = "gateway-session"
SECURE = "__Host-gateway-session"


def is_secure(request: Request, public_url: str) -> bool:
    """Whether the browser talks to this gateway over HTTPS, as far as is known."""
    if request.url.scheme == "https":
        return True
    parts = urlsplit(public_url)
    return parts.scheme == "https" and parts.netloc.lower() == request.url.netloc.lower()


def read(request: Request, public_url: str) -> str:
    """The token in the cookie, "" without one. Over HTTPS only the cookie counts that no other host can set."""
    return request.cookies.get(SECURE if is_secure(request, public_url) else PLAIN, "")


def write(response: Response, token: str, *, secure: bool, seconds: int) -> None:
    """Give the browser the cookie."""
    response.set_cookie(
        SECURE if secure else PLAIN, token, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax"
    )
    response.headers["cache-control"] = "no-store"


def clear(response: Response, *, secure: bool) -> None:
    """Take the cookie back."""
    response.delete_cookie(SECURE if secure else PLAIN, path="/", secure=secure, httponly=True, samesite="lax")
    response.headers["cache-control"] = "no-store"


def csrf_token(token: str) -> str:
    """What a page of ours sends in X-CSRF-Token; made of the session's token, which it cannot be turned back into."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"csrf:" + token.encode()).digest()[:24]).decode()


def require_own_page(request: Request, public_url: str) -> None:
    """Raise 403 for a request that a browser sends on behalf of another site. Without a browser's headers it passes."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site == "same-origin":
            return
        raise _foreign()
    origin = request.headers.get("origin")
    if origin is None:
        return
    here = {f"{request.url.scheme}://{request.url.netloc}".lower()}
    if public_url:
        parts = urlsplit(public_url)
        here.add(f"{parts.scheme}://{parts.netloc}".lower())
    if origin.lower() not in here:
        raise _foreign()


def require_token(request: Request, token: str) -> None:
    """Raise 403 unless the header X-CSRF-Token fits to the session."""
    given = request.headers.get(HEADER, "")
    if not hmac.compare_digest(given.encode(), csrf_token(token).encode()):
        raise Problem(
            403,
            "This request needs the header X-CSRF-Token with the token that the session was given.",
            slug="csrf-token-needed",
        )


def _foreign() -> Problem:
    return Problem(403, "This request comes from a page of another site.", slug="cross-site-request")
