"""What the generated methods stand on: one request, one download, one part of a path. It knows no route."""

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from admin.cli.errors import misuse

Query = Mapping[str, str | int | bool | None]


class Transport(Protocol):
    """Sends requests with a credential; every failure is a FailureError."""

    @abstractmethod
    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        query: Query | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Any:  # noqa: ANN401 JSON
        """One request; the parsed JSON answer, None when it is empty. Parameters and headers that are None stay out."""

    @abstractmethod
    def download(self, path: str, file: Path, query: Query | None = None) -> int:
        """GET into a file, however large; returns its bytes."""


def segment(ref: str | int, noun: str) -> str:
    """A name or id as one part of a path. Raises FailureError for what would be another path."""
    if ref in {"", ".", ".."}:
        raise misuse(f"{ref!r} is no name of a {noun}.")
    return quote(str(ref), safe="")
