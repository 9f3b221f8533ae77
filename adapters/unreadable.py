"""What reading JSON of others may raise. Bytes that are no UTF-8 are a ValueError, so are our own findings."""

import msgspec

UNREADABLE = (msgspec.DecodeError, ValueError, RecursionError)
