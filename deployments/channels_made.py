"""The channels of a replica's table, made ready: a new table makes only those that are not as they were.

A change of one channel brings a whole table, in the middle of requests. Making a channel takes some hundred times what
comparing it takes.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable

import msgspec

from adapters.overrides.problem import OverrideError
from deployments.table import Channel, ChannelRow, decode_channel
from storage.crypto import SealError, SecretBox

Made = tuple[ChannelRow, Channel]


class ChannelsMade:
    """Opens the secrets of channels and makes them ready. A channel that cannot be used is left out, and said once."""

    def __init__(self, box: SecretBox, log: logging.Logger) -> None:
        self._box = box
        self._log = log
        self._known: dict[bytes, Made | None] = {}

    def take(self, encoded: Iterable[msgspec.Raw]) -> list[Made]:
        """The usable ones of a table, in its order. Raises msgspec.DecodeError."""
        known, self._known = self._known, {}
        found = []
        for row in encoded:
            name = hashlib.blake2b(row, digest_size=16).digest()
            made = known[name] if name in known else self._make(decode_channel(row))
            self._known[name] = made
            if made is not None:
                found.append(made)
        return found

    def _make(self, row: ChannelRow) -> Made | None:
        try:
            secret = self._box.open(row.secret, f"channel:{row.name}") if row.secret else ""
            login = self._box.open(row.proxy_secret, f"channel-proxy:{row.name}") if row.proxy_secret else ""
            keys = [(key_id, self._box.open(key, f"channel-key:{key_id}")) for key_id, key in row.keys or ()]
            # Without the rules of its settings a request might say what it must not.
            return row, Channel(row, secret, login, keys)
        except (SealError, OverrideError) as error:
            # The cause is a key or a rule that does not fit: a traceback adds nothing.
            self._log.error("channel %s cannot be used: %s", row.name, error)
            return None
