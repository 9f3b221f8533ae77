"""The master key, what is derived from it, and the tokens handed out.

Owns every use of cryptography. Must not know what a sealed value is for beyond its context string, and never logs one.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_FILE = "secret.key"
MINIMUM_LENGTH = 16

_VERSION = b"\x01"
_NONCE_BYTES = 12


class SecretKeyError(ValueError):
    """The configured secret key, or the key file, cannot be used."""


class SealError(ValueError):
    """A sealed value cannot be opened: other master key, other context, or damaged."""


def load_master_key(data_dir: Path, configured: str | None) -> bytes:
    """The master key: `configured` (16 characters or more) or else the file `data_dir`/secret.key, made if missing.

    The file is made with mode 0600; of several processes that start at once, the first one's key is everybody's.
    Raises SecretKeyError.
    """
    if configured:
        if len(configured) < MINIMUM_LENGTH:
            msg = f"the secret key has {len(configured)} characters; at least {MINIMUM_LENGTH} are needed"
            raise SecretKeyError(msg)
        return configured.encode()
    path = data_dir / KEY_FILE
    if not path.exists():
        _create_key_file(path)
    key = path.read_bytes().strip()
    if len(key) < MINIMUM_LENGTH:
        msg = f"the key file {path} is too short to be a key: restore it, channel secrets need the old key"
        raise SecretKeyError(msg)
    return key


def _create_key_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_urlsafe(32).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # fails when another process was first, unlike a rename; and the file appears whole
        except FileExistsError:
            pass
    finally:
        draft.unlink()


def derive(master: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose; different purposes give unrelated keys."""
    return HKDF(algorithm=SHA256(), length=32, salt=b"ray-llm-gateway", info=purpose.encode()).derive(master)


class SecretBox:
    """Seals short secrets with AES-256-GCM under a key derived from the master key.

    A sealed value is: one version byte, a random nonce of 12 bytes, ciphertext and tag. The context (for example
    "channel:openai-main") is bound to it: a value copied to another row does not open there.
    """

    __slots__ = ("_cipher",)

    def __init__(self, master: bytes) -> None:
        self._cipher = AESGCM(derive(master, "seal"))

    def seal(self, plain: str, context: str) -> bytes:
        """`plain`, encrypted for `context`; a new nonce each time, so equal secrets look different."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, plain.encode(), _VERSION + context.encode())

    def open(self, sealed: bytes, context: str) -> str:
        """What was sealed for `context`. Raises SealError."""
        if sealed[:1] != _VERSION:
            msg = "a stored secret has an unknown format"
            raise SealError(msg)
        nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, ciphertext, _VERSION + context.encode()).decode()
        except (InvalidTag, ValueError) as error:
            msg = "a stored secret does not open with this secret key: was GATEWAY_SECRET_KEY or the key file changed?"
            raise SealError(msg) from error


def new_key() -> str:
    """A new client key: "sk-gw-" and 43 random URL-safe characters (256 bits)."""
    return "sk-gw-" + secrets.token_urlsafe(32)


def new_admin_token() -> str:
    """A new admin token: "gwa-" and 43 random URL-safe characters (256 bits)."""
    return "gwa-" + secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """SHA-256 of a token, the form in which it is stored. Tokens are random and long, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).digest()


def hint(token: str) -> str:
    """Enough of a token to recognise it: the first 10 characters, "...", the last 4; less of a short one."""
    if len(token) >= 24:
        return f"{token[:10]}...{token[-4:]}"
    return f"...{token[-4:]}" if len(token) >= 12 else "..."
