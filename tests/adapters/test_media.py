"""Media types by their first bytes."""

import pytest

from adapters.media import plain_type, sniff


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
        (b"RIFF\0\0\0\0what", ""),
        (b"\0\0\0\x1cftypavif", "image/avif"),
        (b"\0\0\0\x1cftypM4A ", "audio/mp4"),
        (b"\0\0\0\x1cftypisom", "video/mp4"),
        (b"%PDF-1.7", "application/pdf"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"\xff\xf9", ""),
        (b"hello", ""),
        (b"", ""),
        (b"\xff", ""),
    ],
)
def test_what_bytes_say(data: bytes, media_type: str) -> None:
    assert sniff(data) == media_type


def test_what_a_header_says() -> None:
    assert plain_type("Image/JPG; charset=binary") == "image/jpeg"
    assert plain_type("") == ""
    assert plain_type("text/csv") == "text/csv"
