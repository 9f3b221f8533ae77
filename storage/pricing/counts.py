"""What is rated: the counts of one request, as shapes only.

The counts themselves come from adapters, which this package does not know: what is rated is anything with these names.
`Counted` is a plain one for stored rows and tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec


class ExtraCounts(Protocol):
    """Counts that few requests have."""

    @property
    def cache_write_1h(self) -> int:
        """Tokens written to a cache for an hour: a part of the cache writes."""

    @property
    def image_input(self) -> int:
        """A part of input."""

    @property
    def image_output(self) -> int:
        """A part of output."""

    @property
    def audio_input(self) -> int:
        """A part of input."""

    @property
    def audio_output(self) -> int:
        """A part of output."""

    @property
    def media_ms(self) -> int:
        """Milliseconds of audio or video."""

    @property
    def images(self) -> Mapping[str, int] | None:
        """Images made, by "size/quality" or "size"."""

    @property
    def tools(self) -> Mapping[str, int] | None:
        """Calls of tools that the provider ran, by name."""


class Counts(Protocol):
    """What one request used."""

    @property
    def input(self) -> int:
        """Input tokens, the cached ones and the cache writes among them."""

    @property
    def output(self) -> int:
        """Output tokens."""

    @property
    def cached(self) -> int:
        """A part of input."""

    @property
    def cache_write(self) -> int:
        """A part of input."""

    @property
    def reasoning(self) -> int:
        """A part of output."""

    @property
    def extra(self) -> ExtraCounts | None:
        """None where nothing of it was counted."""


class CountedExtra(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Extra counts as a price detail keeps them."""

    cache_write_1h: int = 0
    image_input: int = 0
    image_output: int = 0
    audio_input: int = 0
    audio_output: int = 0
    media_ms: int = 0
    images: dict[str, int] | None = None
    tools: dict[str, int] | None = None


class Counted(msgspec.Struct, frozen=True):
    """Counts of a stored row."""

    input: int = 0
    output: int = 0
    cached: int = 0
    cache_write: int = 0
    reasoning: int = 0
    extra: CountedExtra | None = None
