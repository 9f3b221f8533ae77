"""Citations of a text block, both ways: https://docs.claude.com/en/docs/build-with-claude/citations (2026-11)."""

import msgspec

from adapters.canonical.blocks import Citation
from adapters.canonical.sealed import PREFIX
from adapters.unreadable import UNREADABLE

NAME = "messages"


class _Wire(msgspec.Struct, gc=False):
    type: str = ""
    cited_text: str | None = None
    url: str | None = None
    title: str | None = None
    document_title: str | None = None
    source: str | None = None
    file_id: str | None = None
    encrypted_index: str | None = None


_wire = msgspec.json.Decoder(_Wire)


def read_citation(raw: msgspec.Raw) -> Citation | None:
    """One citation as it came; None when it is none. One that is marked was made by another provider."""
    try:
        wire = _wire.decode(raw)
    except UNREADABLE:
        return None
    url = wire.url or (wire.source if wire.source and wire.source.startswith(("http://", "https://")) else "") or ""
    marked = any((value or "").startswith(PREFIX) for value in (wire.encrypted_index, wire.file_id))
    return Citation(
        "url" if url else "document",
        url=url,
        title=wire.title or wire.document_title or wire.source or "",
        quoted=wire.cited_text or "",
        file_id=(wire.file_id or "").removeprefix(PREFIX),
        protocol="" if marked else NAME,
        raw=None if marked else msgspec.Raw(bytes(raw)),
    )


def write_citation(citation: Citation) -> msgspec.Raw | dict[str, object]:
    """One citation of an answer.

    One that another provider made lacks what only Anthropic knows, `encrypted_index` and the document's number, and is
    marked so that it does not come to Anthropic.
    """
    if citation.protocol == NAME and citation.raw is not None:
        return citation.raw
    if citation.url:
        return {
            "type": "web_search_result_location",
            "url": citation.url,
            "title": citation.title or None,
            "cited_text": citation.quoted,
            "encrypted_index": PREFIX,
        }
    return {
        "type": "char_location",
        "cited_text": citation.quoted,
        "document_index": 0,
        "document_title": citation.title or None,
        "start_char_index": 0,
        "end_char_index": len(citation.quoted),
        "file_id": PREFIX + citation.file_id,
    }
