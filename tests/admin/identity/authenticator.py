"""A software authenticator: makes and uses WebAuthn credentials as a browser with a security key does.

Written after W3C Web Authentication Level 3 (6.1 authenticator data, 5.8.1 client data), with keys of `cryptography`
and CBOR of cbor2, so that nothing of the library under test checks itself.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED = 1, 4, 8, 16, 64


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Key:
    rp_id: str
    id: bytes
    handle: bytes
    private: ec.EllipticCurvePrivateKey
    count: int = 0


@dataclass
class Authenticator:
    """`counts` False: as synchronised passkeys, whose counter stays 0."""

    origin: str = "https://gateway.example"
    verifies: bool = True
    counts: bool = True
    keys: list[Key] = field(default_factory=list)

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """navigator.credentials.create."""
        known = {decode(item["id"]) for item in options["excludeCredentials"]}
        assert not known & {key.id for key in self.keys}, "InvalidStateError"
        assert {"type": "public-key", "alg": -7} in options["pubKeyCredParams"]
        key = Key(
            options["rp"]["id"],
            secrets.token_bytes(32),
            decode(options["user"]["id"]),
            ec.generate_private_key(ec.SECP256R1()),
        )
        self.keys.append(key)
        numbers = key.private.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        attested = bytes(16) + len(key.id).to_bytes(2, "big") + key.id + cose
        data = self._data(key, ATTESTED) + attested
        return self._answer(
            key,
            {
                "clientDataJSON": encode(self._client("webauthn.create", options["challenge"])),
                "attestationObject": encode(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
                "transports": ["internal", "hybrid"],
            },
        )

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """navigator.credentials.get."""
        wanted = {decode(item["id"]) for item in options["allowCredentials"]}
        key = next(k for k in self.keys if k.rp_id == options["rpId"] and (not wanted or k.id in wanted))
        return self.use(key, options["challenge"])

    def use(self, key: Key, challenge: str, kind: str = "webauthn.get") -> dict[str, Any]:
        """A signature over that challenge."""
        if self.counts:
            key.count += 1
        client = self._client(kind, challenge)
        data = self._data(key, 0)
        signature = key.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            key,
            {
                "clientDataJSON": encode(client),
                "authenticatorData": encode(data),
                "signature": encode(signature),
                "userHandle": encode(key.handle),
            },
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, key: Key, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0)
        return hashlib.sha256(key.rp_id.encode()).digest() + bytes([flags]) + key.count.to_bytes(4, "big")

    def _answer(self, key: Key, response: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": encode(key.id),
            "rawId": encode(key.id),
            "type": "public-key",
            "response": response,
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
        }
