"""Passkeys (WebAuthn): the options that browsers are given and the check of their answers. No database here.

The check itself is py_webauthn's: origin, domain, challenge, signature, counter. Attestation is not asked for: which
maker's authenticator it is decides nothing.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec
from fastapi import Request
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from admin.problems import Problem, invalid
from storage.models import Passkey

TIMEOUT_MS = 300_000
_TRANSPORTS = {item.value: item for item in AuthenticatorTransport}


class Place(NamedTuple):
    """Whom passkeys are for: the domain, and where its pages are."""

    rp_id: str
    origin: str


class Added(NamedTuple):
    """A new passkey as it is stored."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    aaguid: str
    backed_up: bool
    transports: list[str]


class Proof(NamedTuple):
    """A use of a passkey. `verified`: the authenticator has checked a PIN, a finger or a face."""

    sign_count: int
    backed_up: bool
    verified: bool


def place_of(request: Request, public_url: str) -> Place:
    """Of the configured address, or else of the request's: a browser signs the one that it sees."""
    parts = urlsplit(public_url) if public_url else urlsplit(str(request.url))
    host = (parts.hostname or "").lower()
    return Place(host, f"{parts.scheme}://{parts.netloc}".lower())


def creation(
    place: Place, *, name: str, display_name: str, handle: bytes, known: Sequence[Passkey]
) -> tuple[dict[str, Any], bytes]:
    """(options for navigator.credentials.create, the challenge in them)."""
    options = generate_registration_options(
        rp_id=place.rp_id,
        rp_name="LLM gateway",
        user_id=handle,
        user_name=name,
        user_display_name=display_name or name,
        timeout=TIMEOUT_MS,
        exclude_credentials=[_descriptor(row) for row in known if row.rp_id == place.rp_id],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return msgspec.json.decode(options_to_json(options)), options.challenge


def request_of(place: Place, known: Sequence[Passkey], *, verified: bool) -> tuple[dict[str, Any], bytes]:
    """(options for navigator.credentials.get, the challenge in them). Without `known` the browser offers its own."""
    options = generate_authentication_options(
        rp_id=place.rp_id,
        timeout=TIMEOUT_MS,
        allow_credentials=[_descriptor(row) for row in known if row.rp_id == place.rp_id],
        user_verification=UserVerificationRequirement.REQUIRED if verified else UserVerificationRequirement.PREFERRED,
    )
    return msgspec.json.decode(options_to_json(options)), options.challenge


def _descriptor(row: Passkey) -> PublicKeyCredentialDescriptor:
    transports = [_TRANSPORTS[item] for item in row.transports or () if item in _TRANSPORTS]
    return PublicKeyCredentialDescriptor(id=row.credential_id, transports=transports or None)


def credential_id(credential: dict[str, Any]) -> bytes:
    """The id that an answer names. Raises a Problem (422)."""
    try:
        return base64url_to_bytes(credential["rawId"])
    except (KeyError, TypeError, ValueError):
        raise invalid([("body.credential", "is not a passkey's answer")]) from None


def added(place: Place, credential: dict[str, Any], challenge: bytes) -> Added:
    """Check the answer to `creation`. Raises a Problem (422)."""
    try:
        found = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.rp_id,
            expected_origin=place.origin,
        )
    except Exception:  # noqa: BLE001  # the library's parsers raise whatever malformed CBOR leads to
        raise invalid([("body.credential", "was refused: made for another page, or not whole")]) from None
    response = credential.get("response")
    named = response.get("transports") if isinstance(response, dict) else None
    transports = [item for item in named if item in _TRANSPORTS] if isinstance(named, list) else []
    return Added(
        found.credential_id,
        found.credential_public_key,
        found.sign_count,
        found.aaguid,
        found.credential_backed_up,
        transports,
    )


def proved(place: Place, row: Passkey, credential: dict[str, Any], challenge: bytes, *, verified: bool) -> Proof:
    """Check the answer to `request_of` with the stored passkey. Raises a Problem (401)."""
    refused = Problem(401, "This passkey was not accepted.", slug="not-proved")
    if row.rp_id != place.rp_id:
        raise refused
    try:
        found = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=place.rp_id,
            expected_origin=place.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=verified,
        )
    except Exception:  # noqa: BLE001  # as above
        raise refused from None
    return Proof(found.new_sign_count, found.credential_backed_up, found.user_verified)
