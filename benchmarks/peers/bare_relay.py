"""A bare relay with the gateway's own libraries and nothing else: uvloop and httptools in front, pyreqwest behind.

One process; no authentication, routing, accounting or metrics, and no care for trouble: it is the limit of what these
libraries allow, not something to use. Run by bare.py:  python -m benchmarks.peers.bare_relay --port P --upstream URL
"""

from __future__ import annotations

import argparse
import asyncio
from typing import cast

import httptools
import uvloop
from pyreqwest.client import Client, ClientBuilder


class Relay(asyncio.Protocol):
    """One client connection: parse a request, send it on, write the answer as it comes."""

    def __init__(self, upstream: str, client: Client) -> None:
        self._upstream = upstream
        self._client = client
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._body: list[bytes] = []
        self._task: asyncio.Task[None] | None = None
        self._drained: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Stop the answer under way."""
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        """Feed the parser, which calls the on_ methods."""
        self._parser.feed_data(data)

    def pause_writing(self) -> None:
        """Make the relay wait for a slow client."""
        self._drained = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """Let the relay go on."""
        if self._drained is not None:
            self._drained.set_result(None)
            self._drained = None

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._url = b""
        self._body = []

    def on_url(self, url: bytes) -> None:
        """Take a part of the path."""
        self._url += url

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Relay the request."""
        self._task = asyncio.get_running_loop().create_task(self._relay())

    async def _relay(self) -> None:
        sent = (
            self._client.post(self._upstream + self._url.decode())
            .headers([("authorization", "Bearer sk-upstream"), ("content-type", "application/json")])
            .body_bytes(b"".join(self._body))
            # 0: a piece is handed over as soon as it is there, not when a buffer is full.
            .streamed_read_buffer_limit(0)
            .build_streamed()
        )
        async with sent as answer:
            kind = (answer.get_header("content-type") or "application/json").encode()
            head = b"HTTP/1.1 %d OK\r\ncontent-type: %b\r\n" % (answer.status, kind)
            if not kind.startswith(b"text/event-stream"):
                body = (await answer.bytes()).to_bytes()
                self._transport.write(head + b"content-length: %d\r\n\r\n%b" % (len(body), body))
                return
            self._transport.write(head + b"transfer-encoding: chunked\r\n\r\n")
            while (piece := await answer.body_reader.read_chunk()) is not None:
                data = piece.to_bytes()
                self._transport.write(b"%x\r\n%b\r\n" % (len(data), data))
                if self._drained is not None:
                    await self._drained
            self._transport.write(b"0\r\n\r\n")


async def _serve(port: int, upstream: str) -> None:
    async with ClientBuilder().build() as client:
        server = await asyncio.get_running_loop().create_server(
            lambda: Relay(upstream, client), "127.0.0.1", port, backlog=4096
        )
        await server.serve_forever()


def main() -> None:
    """Relay until stopped."""
    parser = argparse.ArgumentParser("python -m benchmarks.peers.bare_relay")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True)
    given = parser.parse_args()
    uvloop.run(_serve(given.port, given.upstream))


if __name__ == "__main__":
    main()
