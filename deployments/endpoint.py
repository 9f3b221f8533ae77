"""One protocol of one channel: where it is, how the key is shown, what it can take. Compiled by the Router."""

import fnmatch
import re
from collections.abc import Mapping, Sequence

import msgspec

from adapters.auth import Auth, header
from adapters.paths import PATHS, fill


class SpokenRow(msgspec.Struct, frozen=True, array_like=True):
    """A protocol as it travels. `paths` are operation -> path; `models` globs of upstream names, none = all."""

    base_url: str
    auth: Auth
    paths: dict[str, str]
    headers: dict[str, str] = {}
    models: list[str] = []
    capabilities: list[str] = []


class Endpoint:
    """A protocol of a channel, ready for use. `headers` hold the authorization; `capabilities` are those of the row.

    `key_id` is which of the channel's several keys that is, 0: it has one.
    """

    __slots__ = ("_models", "_paths", "base_url", "capabilities", "headers", "key_id", "protocol", "secret")

    def __init__(self, protocol: str, row: SpokenRow, secret: str, more: Mapping[str, str], key_id: int = 0) -> None:
        self.protocol = protocol
        self.secret = secret
        self.key_id = key_id
        self.base_url = row.base_url.rstrip("/")
        self.capabilities = frozenset(row.capabilities)
        headers = {"content-type": "application/json", "accept-encoding": "identity", "user-agent": "ray-llm-gateway"}
        headers.update(row.headers)
        headers.update(header(row.auth, secret))
        headers.update((name.lower(), value) for name, value in more.items())
        self.headers: tuple[tuple[str, str], ...] = tuple(headers.items())
        self._paths = row.paths
        self._models = matcher(row.models)

    def path(self, operation: str, model: str, *, stream: bool = False) -> str | None:
        """What is called under `base_url`, a query included; None when the operation is not offered.

        `operation` as in Head; Gemini's "embed_one" is embedContent, its "embeddings" batchEmbedContents.
        """
        path = (self._paths.get(f"{operation}_stream") if stream else None) or self._paths.get(operation)
        return None if path is None else fill(path, model)

    def serves(self, model: str) -> bool:
        """Whether the protocol is offered for this upstream model."""
        return self._models is None or self._models.match(model) is not None


def matcher(globs: Sequence[str]) -> re.Pattern[str] | None:
    """One expression for several globs; None for none."""
    return re.compile("|".join(fnmatch.translate(each) for each in globs)) if globs else None


def plain_chat(base_url: str) -> SpokenRow:
    """Chat Completions at an address of which nothing else is known."""
    return SpokenRow(base_url, "bearer", PATHS["chat"])
