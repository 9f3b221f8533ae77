"""Which media type some bytes are, by how they begin. Pure; says nothing of what a provider takes."""

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
)

# RIFF containers name what they hold at byte 8, ISO media files (ftyp) their brand.
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {
    b"avif": "image/avif", b"avis": "image/avif", b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heif",
    b"msf1": "image/heif", b"M4A ": "audio/mp4", b"qt  ": "video/quicktime",
}  # fmt: skip

_OTHER_NAMES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/x-flac": "audio/flac",
    "application/x-pdf": "application/pdf",
}


def sniff(data: bytes) -> str:
    """The media type that the bytes begin as, "" where they say nothing."""
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12], "")
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "video/mp4")
    for beginning, media_type in _BEGINNINGS:
        if data.startswith(beginning):
            return media_type
    # MPEG audio without a tag: eleven set bits, then a layer that is not the reserved one.
    if len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0 and data[1] & 0x06:
        return "audio/mpeg"
    return ""


def plain_type(content_type: str) -> str:
    """The media type of a Content-Type header: lower case, the usual name, without parameters."""
    media_type = content_type.partition(";")[0].strip().lower()
    return _OTHER_NAMES.get(media_type, media_type)
