"""HTTP/1.1 framing for the mock upstream and the load generator: push readers, no socket.

Only what these two need: no trailers kept, no upgrades, no pipelining by the client side.
"""

from __future__ import annotations

from dataclasses import dataclass

HEAD_END = b"\r\n\r\n"
MAX_HEAD = 64 * 1024
MAX_BODY = 64 * 1024 * 1024


class FramingError(ValueError):
    """The bytes are not HTTP/1.1 as far as these readers know it, or larger than they take."""


class ChunkedDecoder:
    """Take chunked framing off. `complete` is set at the last chunk; `rest` then holds what followed."""

    __slots__ = ("_left", "complete", "rest")

    def __init__(self) -> None:
        self._left = 0
        self.rest = b""
        self.complete = False

    def feed(self, data: bytes) -> bytes:
        """Return the payload bytes that `data` brought."""
        buffer = self.rest + data if self.rest else data
        size, pos, out = len(buffer), 0, []
        self.rest = b""
        while pos < size and not self.complete:
            if self._left:
                # The two last bytes of what is left are the CRLF behind the chunk.
                take = min(self._left, size - pos)
                payload = min(take, self._left - 2)
                if payload > 0:
                    out.append(buffer[pos : pos + payload])
                pos += take
                self._left -= take
                continue
            line_end = buffer.find(b"\r\n", pos)
            if line_end < 0:
                break
            length = _chunk_size(buffer[pos:line_end])
            if length:
                self._left = length + 2
                pos = line_end + 2
                continue
            end = buffer.find(HEAD_END, line_end)
            if end < 0:
                break
            pos = end + 4
            self.complete = True
        self.rest = buffer[pos:]
        if not self.complete and len(self.rest) > MAX_HEAD:
            raise FramingError("chunk header too long")
        return out[0] if len(out) == 1 else b"".join(out)


def _chunk_size(line: bytes) -> int:
    digits = line.split(b";", 1)[0].strip()
    try:
        return int(digits, 16)
    except ValueError:
        raise FramingError(f"bad chunk size {line[:40]!r}") from None


def header_value(head: bytes, name: bytes) -> bytes:
    """Return the value of a header of a lower-cased head, or b"" when it is absent. `name` is lower case."""
    at = head.find(b"\r\n" + name + b":")
    if at < 0:
        return b""
    start = at + len(name) + 3
    end = head.find(b"\r\n", start)
    return head[start : end if end >= 0 else len(head)].strip()


@dataclass(slots=True)
class Request:
    """One whole request. `head` is the raw head without the final blank line."""

    method: bytes
    path: bytes
    head: bytes
    body: bytes


class RequestReader:
    """Turn bytes into whole requests, Content-Length or chunked, up to MAX_BODY bytes each."""

    __slots__ = ("_body", "_buffer", "_chunked", "_head", "_left", "expects_continue")

    def __init__(self) -> None:
        self._buffer = b""
        self._head = b""
        self._left = 0
        self._chunked: ChunkedDecoder | None = None
        self._body = bytearray()
        self.expects_continue = False

    def feed(self, data: bytes) -> list[Request]:
        """Return the requests that `data` completed.

        Raises:
            FramingError: the client does not speak HTTP/1.1, or sends more than the limits.
        """
        out: list[Request] = []
        while True:
            if not self._head:
                buffer = self._buffer + data if self._buffer else data
                end = buffer.find(HEAD_END)
                if end < 0:
                    if len(buffer) > MAX_HEAD:
                        raise FramingError("head too long")
                    self._buffer = buffer
                    return out
                self._buffer = b""
                self._begin(buffer[:end])
                data = buffer[end + 4 :]
            rest = self._take(data)
            if rest is None:
                return out
            self.expects_continue = False
            out.append(self._finish())
            if not rest:
                return out
            data = rest

    def _begin(self, head: bytes) -> None:
        lowered = head.lower()
        self._head = head
        length = header_value(lowered, b"content-length")
        if length and not length.isdigit():
            raise FramingError("bad Content-Length")
        self._left = int(length or 0)
        self._chunked = ChunkedDecoder() if b"chunked" in header_value(lowered, b"transfer-encoding") else None
        self.expects_continue = b"100-continue" in header_value(lowered, b"expect")
        if self._left > MAX_BODY:
            raise FramingError("body too large")

    def _take(self, data: bytes) -> bytes | None:
        """Add `data` to the body; return what follows it, or None while it is not whole."""
        if self._chunked is not None:
            self._body += self._chunked.feed(data)
            if len(self._body) > MAX_BODY:
                raise FramingError("body too large")
            return self._chunked.rest if self._chunked.complete else None
        part = data[: self._left]
        self._body += part
        self._left -= len(part)
        return None if self._left else data[len(part) :]

    def _finish(self) -> Request:
        parts = self._head.split(b"\r\n", 1)[0].split(b" ")
        if len(parts) != 3 or not parts[2].startswith(b"HTTP/1."):
            raise FramingError("bad request line")
        request = Request(parts[0], parts[1], self._head, bytes(self._body))
        self._head = b""
        self._body = bytearray()
        self._chunked = None
        return request


class ResponseReader:
    """Read one response after the other on a connection: `feed` returns body bytes, `complete` ends one."""

    __slots__ = ("_buffer", "_chunked", "_in_body", "_left", "close", "complete", "head", "status")

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Get ready for the next response."""
        self.status = 0
        self.head = b""
        self.complete = False
        self.close = False
        self._in_body = False
        self._left: int | None = None
        self._chunked: ChunkedDecoder | None = None
        self._buffer = b""

    def feed(self, data: bytes) -> bytes:
        """Return the body bytes that `data` brought."""
        while not self._in_body:
            buffer = self._buffer + data if self._buffer else data
            end = buffer.find(HEAD_END)
            if end < 0:
                self._buffer = buffer
                return b""
            self._buffer = b""
            data = buffer[end + 4 :]
            self._begin(buffer[:end])
        if self._chunked is not None:
            body = self._chunked.feed(data)
            self.complete = self._chunked.complete
            return body
        if self._left is not None:
            self._left -= len(data)
            self.complete = self._left <= 0
        return data

    def end_of_stream(self) -> bool:
        """Tell the reader that the peer closed; True when that ends the response properly."""
        if self._in_body and self._chunked is None and self._left is None:
            self.complete = True
        return self.complete

    def _begin(self, head: bytes) -> None:
        if not head.startswith(b"HTTP/1.") or not head[9:12].isdigit():
            raise FramingError(f"not an HTTP/1.1 response: {head[:40]!r}")
        self.status = int(head[9:12])
        if self.status == 100:
            return
        self.head = head.lower()
        self._in_body = True
        self.close = b"close" in header_value(self.head, b"connection")
        length = header_value(self.head, b"content-length")
        if b"chunked" in header_value(self.head, b"transfer-encoding"):
            self._chunked = ChunkedDecoder()
        elif length:
            self._left = int(length)
            self.complete = self._left == 0
        elif self.status in {204, 304}:
            self.complete = True


def build_request(method: str, path: str, host: str, headers: list[tuple[str, str]], body: bytes = b"") -> bytes:
    """Return the bytes of a keep-alive request with a Content-Length."""
    lines = [f"{method} {path} HTTP/1.1", f"host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body or method == "POST":
        lines.append(f"content-length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + HEAD_END + body
