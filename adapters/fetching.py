"""Which media of a request the gateway has to fetch: the upstream takes bytes and no address. Fetches nothing."""

from collections.abc import Iterator

from adapters.canonical.blocks import Block, Media, ToolResult
from adapters.canonical.request import Request

# kind -> (the capability that takes it at all, the one that takes an address)
_NEEDS = {
    "image": ("images", "image_url"),
    "file": ("pdf", "pdf_url"),
    "audio": ("audio_input", ""),
    "video": ("video_input", ""),
}

# https://ai.google.dev/gemini-api/docs/video-understanding (2026-11): Gemini reads films there by itself.
_FILMS = ("https://www.youtube.com/", "https://youtube.com/", "https://youtu.be/")


def wanted(request: Request, protocol: str, capabilities: frozenset[str]) -> list[str]:
    """Addresses of media that the upstream can take but not fetch, in order, each once.

    What came in the upstream's own protocol goes back as it is, and what it takes in no form is not fetched.
    """
    found: dict[str, None] = {}
    for turn in request.turns:
        for media in _media(turn.blocks):
            kind, by_address = _NEEDS[media.kind]
            if not media.url.startswith(("https://", "http://")) or media.protocol == protocol:
                continue
            if kind not in capabilities or by_address in capabilities:
                continue
            if media.kind == "video" and (protocol != "gemini" or media.url.startswith(_FILMS)):
                continue
            found[media.url] = None
    return list(found)


def _media(blocks: tuple[Block, ...]) -> Iterator[Media]:
    for block in blocks:
        if isinstance(block, Media):
            yield block
        elif isinstance(block, ToolResult):
            yield from (piece for piece in block.content if isinstance(piece, Media))
