"""A bare relay on Granian (RSGI) in front and pyreqwest behind, one process: the server that the gateway did not take.

No authentication, routing, accounting or metrics, and no care for trouble: a limit to compare with (decision 0002), not
something to use. Run by bare.py:  python -m benchmarks.peers.bare_granian_relay --port P --upstream http://...
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import uvloop
from granian.server.embed import Server
from pyreqwest.client import Client, ClientBuilder

if TYPE_CHECKING:
    from granian._granian import RSGIHTTPProtocol
    from granian.rsgi import Scope


class Relay:
    """Send each request on and its answer back."""

    def __init__(self, upstream: str, client: Client) -> None:
        self._upstream = upstream
        self._client = client

    async def __rsgi__(self, scope: Scope, protocol: RSGIHTTPProtocol) -> None:
        """Relay one request; bytes of streams go on as they come."""
        body = await protocol()
        sent = (
            self._client.post(self._upstream + scope.path)
            .headers([("authorization", "Bearer sk-upstream"), ("content-type", "application/json")])
            .body_bytes(body)
            # 0: a piece is handed over as soon as it is there, not when a buffer is full.
            .streamed_read_buffer_limit(0)
            .build_streamed()
        )
        async with sent as answer:
            kind = answer.headers.get("content-type", "application/json")
            if kind.startswith("text/event-stream"):
                transport = protocol.response_stream(answer.status, [("content-type", kind)])
                while (piece := await answer.body_reader.read_chunk()) is not None:
                    await transport.send_bytes(bytes(piece))
            else:
                protocol.response_bytes(answer.status, [("content-type", kind)], bytes(await answer.bytes()))


async def _serve(port: int, upstream: str) -> None:
    async with ClientBuilder().build() as client:
        server = Server(
            Relay(upstream, client), "127.0.0.1", port, log_enabled=False, backpressure=20_000, backlog=4096
        )
        await server.serve()


def main() -> None:
    """Relay until stopped."""
    parser = argparse.ArgumentParser("python -m benchmarks.peers.bare_granian_relay")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--upstream", required=True)
    given = parser.parse_args()
    uvloop.run(_serve(given.port, given.upstream))


if __name__ == "__main__":
    main()
