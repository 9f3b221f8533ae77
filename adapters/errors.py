"""What can go wrong with a request, who is to blame, and how it is said.

    GatewayError
        ClientError      the caller can mend it: 400, 401, 403, 404, 405, 413, 415, 422
        GatewayFault     this gateway cannot serve now: 500, 503
        UpstreamError    a provider failed: 429, 502, 503, 504; `retryable` says whether another channel may be tried

Messages are written for the caller and are safe to show: no key, no upstream address, nothing an upstream said of its
own account. Each protocol renders them in its own shape (protocols/*/errors.py).
"""

import re


class GatewayError(Exception):
    """Base.

    `status` (HTTP), `message` (safe to show), `code` (stable, machine-readable), `kind` (the protocol's error type).
    """

    kind = "api_error"

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        retry_after: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.retry_after = retry_after


class ClientError(GatewayError):
    """The request is at fault."""

    kind = "invalid_request_error"


class GatewayFault(GatewayError):  # noqa: N818  # a fault, as against the caller's and the provider's errors
    """The gateway is at fault, or not able to serve at this moment."""


class UpstreamError(GatewayError):
    """A provider is at fault. `klass` is the metric label; `body` is its own error answer where that may be shown.

    `answered` is the status it gave, 0: none; `said` the beginning of its answer, which is never shown.
    """

    kind = "upstream_error"
    answered = 0
    said = b""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        klass: str,
        retryable: bool = True,
        body: bytes | None = None,
        retry_after: str | None = None,
    ) -> None:
        super().__init__(status, message, code=klass, retry_after=retry_after)
        self.klass = klass
        self.retryable = retryable
        self.body = body


# An upstream speaks of its own account in many ways; an answer that matches is never shown.
_ABOUT_ACCOUNT = re.compile(
    rb"api[ _-]?key|credential|organi[sz]ation|billing|unauthori[sz]ed|authenticat|access token|account|quota"
    rb"|bearer|\bsk-|\borg-|\bproj_",
    re.IGNORECASE,
)
# Addresses are taken out of what is shown, also with JSON's escaped slashes.
_ADDRESS = re.compile(rb"https?:\\?/\\?/(?:\\/|[^\s\"'<>\\])*", re.IGNORECASE)
# Some providers say 400 to a key that is not valid. Only these fields count: the text of a message may repeat what the
# caller wrote, where a quotation mark is escaped, so that no caller can put the blame on a channel.
_ACCOUNT_CODE = re.compile(
    rb'"(?:code|type|reason|status)"\s*:\s*"[a-z_. -]*'
    rb"(?:api_?key|authenticat|authori|credential|billing|credit|quota|account)",
    re.IGNORECASE,
)
# A prompt that a provider refuses for what it says, with 403 as if the key were at fault (400 elsewhere): known by code
# or type; OpenRouter's by a field of its metadata (openrouter.ai/docs/api-reference/errors, 2026-11), xAI's by how
# its message begins, for its code is that of a missing permission (UKGovernmentBEIS/inspect_ai#2267, 2025-08). Only
# places that a caller's words cannot reach count: inside a text their quotation marks are escaped.
_ABOUT_CONTENT = re.compile(
    rb'"(?:code|type|error_type|reason|status)"\s*:\s*"[a-z_. -]*'
    rb"(?:content_?(?:policy|filter|moderat|safety)|data_?inspection|responsible_?ai|moderation|safety_?check|prompt_?blocked)"
    rb'|"flagged_input"\s*:'
    rb'|"error"\s*:\s*"Content violates usage guidelines',
    re.IGNORECASE,
)


def classify(status: int, content_type: str, body: bytes, retry_after: str | None = None) -> UpstreamError:
    """Turn an upstream's error answer into ours: first by status, then by what it says.

    `body` is at most the first 64 KB. 4xx that speak of the caller's request keep status and body; everything that
    concerns the channel's account, its limits or its health gets a message of our own and may be retried elsewhere.
    """
    about_account = _ABOUT_ACCOUNT.search(body) is not None
    account_code = about_account and _ACCOUNT_CODE.search(body) is not None
    shown = _ADDRESS.sub(b"[address]", body) if "json" in content_type and not about_account else None
    if status in (400, 403, 422) and not account_code and _ABOUT_CONTENT.search(body) is not None:
        return UpstreamError(
            status,
            "The provider refused the request for its content.",
            klass="upstream_content_policy",
            retryable=False,
            body=shown,
        )
    if status in (401, 403, 407) or (status == 400 and account_code):
        return UpstreamError(
            502, "The provider refused the gateway's credentials for this model.", klass="upstream_auth"
        )
    if status == 402:
        return UpstreamError(502, "The provider account behind this model has no credit.", klass="upstream_credit")
    if status == 429:
        return UpstreamError(
            429,
            "The provider is limiting requests for this model; retry after a moment.",
            klass="upstream_rate_limit",
            retry_after=retry_after,
        )
    if status in (408, 504, 524):
        return UpstreamError(504, "The provider did not answer in time.", klass="upstream_timeout")
    if status in (503, 529):
        return UpstreamError(
            503,
            "The provider is overloaded; retry after a moment.",
            klass="upstream_overloaded",
            retry_after=retry_after,
        )
    if 400 <= status < 500:
        return UpstreamError(
            status,
            "The provider refused the request.",
            klass="upstream_not_found" if status == 404 else "upstream_invalid",
            retryable=status == 404,
            body=shown,
        )
    return UpstreamError(502, f"The provider answered with an error (HTTP {status}).", klass="upstream_error")
