"""Where a text has its words from: https://ai.google.dev/api/generate-content#GroundingMetadata (2026-11).

Google counts in bytes of UTF-8 over all the text of a candidate, the neutral form in characters of one block.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from adapters.canonical.blocks import Citation
from adapters.unreadable import UNREADABLE


class Source(msgspec.Struct):
    """A page, or a passage of a file that was searched."""

    uri: str | None = None
    title: str | None = None
    text: str | None = None


class Chunk(msgspec.Struct, rename="camel"):
    """One source."""

    web: Source | None = None
    maps: Source | None = None
    retrieved_context: Source | None = None


class Segment(msgspec.Struct, rename="camel"):
    """Bytes of the answer."""

    start_index: int | None = None
    end_index: int | None = None
    text: str | None = None


class Support(msgspec.Struct, rename="camel"):
    """Which sources a segment has its words from."""

    segment: Segment | None = None
    grounding_chunk_indices: list[int] | None = None


class Grounding(msgspec.Struct, rename="camel"):
    """groundingMetadata."""

    grounding_chunks: list[Chunk] | None = None
    grounding_supports: list[Support] | None = None
    web_search_queries: list[str] | None = None


_grounding = msgspec.json.Decoder(Grounding)


def read_grounding(raw: msgspec.Raw) -> Grounding:
    """Nothing where it is not what it should be: an answer is worth more than its sources."""
    try:
        return _grounding.decode(raw)
    except UNREADABLE:
        return Grounding()


def citations(grounding: Grounding, texts: Sequence[str]) -> list[tuple[int, Citation]]:
    """(number of the text, citation). What supports no segment stands on the last text, without a place in it."""
    chunks = [_citation(chunk) for chunk in grounding.grounding_chunks or ()]
    if not chunks or not texts:
        return []
    coded = [text.encode("utf-8", "replace") for text in texts]
    found: list[tuple[int, Citation]] = []
    used: set[int] = set()
    for support in grounding.grounding_supports or ():
        number, start, end = _place(support.segment or Segment(), coded)
        for index in support.grounding_chunk_indices or ():
            if 0 <= index < len(chunks):
                used.add(index)
                found.append((number, msgspec.structs.replace(chunks[index], start=start, end=end)))
    last = len(texts) - 1
    return found + [(last, chunk) for index, chunk in enumerate(chunks) if index not in used]


def _citation(chunk: Chunk) -> Citation:
    passage = chunk.retrieved_context
    if passage is not None:
        return Citation("document", passage.uri or "", passage.title or "", passage.text or "")
    page = chunk.web or chunk.maps or Source()
    return Citation("url", page.uri or "", page.title or "")


def _place(segment: Segment, coded: list[bytes]) -> tuple[int, int, int]:
    """Number of the text, and characters in it; -1: unknown."""
    at = 0
    first, last = segment.start_index or 0, segment.end_index or 0
    for number, text in enumerate(coded):
        if first < at + len(text):
            start, end = first - at, min(last - at, len(text))
            if start < 0 or end <= start:
                break
            before = len(text[:start].decode("utf-8", "replace"))
            return number, before, before + len(text[start:end].decode("utf-8", "replace"))
        at += len(text)
    return len(coded) - 1, -1, -1


class Grounded:
    """Collects the citations of a candidate's texts for groundingMetadata."""

    __slots__ = ("_chunks", "_numbers", "_supports", "queries")

    def __init__(self) -> None:
        self._chunks: list[dict[str, Any]] = []
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._supports: dict[tuple[int, int], dict[str, Any]] = {}
        self.queries: list[str] = []

    def add(self, citation: Citation, text: str, offset: int) -> None:
        """A citation of `text`, which begins `offset` bytes into the candidate's text."""
        key = (citation.url, citation.title, citation.quoted if not citation.url else "")
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._chunks)
            self._chunks.append(_chunk(citation))
        start, end = citation.start, citation.end
        if start < 0 or end <= start:
            if citation.kind == "url":
                return
            start, end = 0, len(text)
        first = offset + len(text[:start].encode("utf-8", "replace"))
        words = text[start:end]
        last = first + len(words.encode("utf-8", "replace"))
        support = self._supports.setdefault(
            (first, last),
            {"segment": {"startIndex": first, "endIndex": last, "text": words}, "groundingChunkIndices": []},
        )
        if number not in support["groundingChunkIndices"]:
            support["groundingChunkIndices"].append(number)

    def write(self) -> dict[str, Any]:
        """groundingMetadata, {} = there is nothing to say."""
        written: dict[str, Any] = {}
        if self._chunks:
            written["groundingChunks"] = self._chunks
        if self._supports:
            written["groundingSupports"] = list(self._supports.values())
        if self.queries:
            written["webSearchQueries"] = self.queries
        return written


def _chunk(citation: Citation) -> dict[str, Any]:
    source: dict[str, str] = {}
    if citation.url:
        source["uri"] = citation.url
    if citation.title:
        source["title"] = citation.title
    if citation.kind == "url":
        return {"web": source}
    if citation.quoted:
        source["text"] = citation.quoted
    return {"retrievedContext": source}
