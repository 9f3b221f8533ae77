"""Where an answer has its words from: annotations of a message, and the lists that search engines send beside it."""

import msgspec

from adapters.canonical.blocks import Citation
from adapters.unreadable import UNREADABLE


class _Url(msgspec.Struct, gc=False):
    url: str = ""
    title: str | None = None
    content: str | None = None
    start_index: int | None = None
    end_index: int | None = None


class _Annotation(msgspec.Struct, gc=False):
    type: str = ""
    url_citation: _Url | None = None


class _Found(msgspec.Struct, gc=False):
    url: str | None = None
    title: str | None = None


_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_list = msgspec.json.Decoder(list[msgspec.Raw])
_annotation = msgspec.json.Decoder(_Annotation)
_addresses = msgspec.json.Decoder(list[str])
_results = msgspec.json.Decoder(list[_Found])


def read_annotations(raw: msgspec.Raw | None) -> tuple[Citation, ...]:
    """Those of `annotations` that name an address; others (OpenRouter's parsed files) cite nothing."""
    if not raw:
        return ()
    found = []
    try:
        for item in _list.decode(raw):
            cited = _annotation.decode(item).url_citation
            if cited is not None and cited.url:
                found.append(
                    Citation(
                        "url",
                        cited.url,
                        cited.title or "",
                        cited.content or "",
                        -1 if cited.start_index is None else cited.start_index,
                        -1 if cited.end_index is None else cited.end_index,
                        protocol="chat",
                        raw=item,
                    )
                )
    except UNREADABLE:
        pass
    return tuple(found)


def read_sources(citations: msgspec.Raw | None, results: msgspec.Raw | None) -> tuple[Citation, ...]:
    """Perplexity's `search_results` and `citations`, https://docs.perplexity.ai/api-reference (2026-11)."""
    try:
        if results:
            listed = _results.decode(results)
            found = tuple(Citation("url", one.url, one.title or "", protocol="chat") for one in listed if one.url)
            if found:
                return found
        if citations:
            return tuple(Citation("url", url, protocol="chat") for url in _addresses.decode(citations) if url)
    except UNREADABLE:
        pass
    return ()


def write_annotation(citation: Citation) -> dict[str, object] | None:
    """An annotation; None for a citation of a document, for which this wire has no form."""
    if citation.protocol == "chat" and citation.raw is not None:
        return {**_fields.decode(citation.raw)}
    if citation.kind != "url" or not citation.url:
        return None
    inner: dict[str, object] = {
        "url": citation.url,
        "title": citation.title or citation.url,
        "start_index": max(citation.start, 0),
        "end_index": max(citation.end, 0),
    }
    if citation.quoted:
        inner["content"] = citation.quoted
    return {"type": "url_citation", "url_citation": inner}
