"""Bytes of a provider as valid UTF-8: a JSON decoder raises on anything else, wherever it stands."""


def mended(data: bytes) -> bytes:
    """The same bytes; what is no UTF-8 in them becomes U+FFFD, as browsers read event streams."""
    if data.isascii():
        return data
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace").encode()
    return data
