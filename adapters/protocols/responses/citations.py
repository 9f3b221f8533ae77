"""Annotations of a text: url_citation, file_citation, container_file_citation and file_path.

https://platform.openai.com/docs/api-reference/responses/object (2026-11). Positions are characters of the text.
"""

import msgspec

from adapters.canonical.blocks import Citation
from adapters.protocols.responses.schema import PROTOCOL
from adapters.unreadable import UNREADABLE


class _Annotation(msgspec.Struct):
    type: str = ""
    url: str | None = None
    title: str | None = None
    start_index: int | None = None
    end_index: int | None = None
    file_id: str | None = None
    filename: str | None = None


_decoder = msgspec.json.Decoder(_Annotation)


def read_annotation(raw: msgspec.Raw) -> Citation:
    """One annotation; of one that cannot be read only the raw value is kept."""
    try:
        found = _decoder.decode(raw)
    except UNREADABLE:
        found = _Annotation()
    return Citation(
        kind="url" if found.type == "url_citation" else "file",
        url=found.url or "",
        title=found.title or found.filename or "",
        start=-1 if found.start_index is None else found.start_index,
        end=-1 if found.end_index is None else found.end_index,
        file_id=found.file_id or "",
        protocol=PROTOCOL,
        raw=raw,
    )


def write_annotation(citation: Citation, length: int) -> msgspec.Raw | dict[str, object] | None:
    """The annotation; None for a citation of a document that has neither address nor file nor name.

    `length` is that of the text so far: where a citation does not say its place it stands on the whole of it.
    """
    if citation.protocol == PROTOCOL and citation.raw is not None:
        return citation.raw
    end = citation.end if citation.end >= 0 else length
    if citation.url:
        return {
            "type": "url_citation",
            "url": citation.url,
            "title": citation.title,
            "start_index": max(citation.start, 0),
            "end_index": end,
        }
    if citation.file_id or citation.title:
        return {"type": "file_citation", "file_id": citation.file_id, "filename": citation.title, "index": end}
    return None
