"""A payment service beside the gateway, of the EPay kind: its page pays at once and sends the browser back.

`service` starts it and sets the gateway up for it, until the end of the block. Knows nothing of pages.
"""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from tests.console.site import Site

KEY = "a-merchant-key-of-the-tests"
MERCHANT = "1001"


class Epay(ThreadingHTTPServer):
    """`answers`: what a refund is answered with, by the number of the order; else it is done."""

    daemon_threads = True

    def __init__(self) -> None:
        self.answers: dict[str, int] = {}
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Epay

    def do_POST(self) -> None:
        """submit.php: the customer's browser; api.php: the gateway, for a refund."""
        length = int(self.headers.get("content-length", "0"))
        said = dict(parse_qsl(self.rfile.read(length).decode()))
        number = said.get("out_trade_no", "")
        if urlsplit(self.path).path == "/api.php":
            status = self.server.answers.get(number, 200)
            self._answer(status, {"content-type": "application/json"}, json.dumps({"code": 1}).encode())
            return
        fields = {name: said[name] for name in ("pid", "type", "out_trade_no", "name", "money")}
        fields |= {"trade_no": f"trade-{number}", "trade_status": "TRADE_SUCCESS"}
        plain = "&".join(f"{name}={fields[name]}" for name in sorted(fields)) + KEY
        signed = fields | {"sign": hashlib.md5(plain.encode(), usedforsecurity=False).hexdigest(), "sign_type": "MD5"}
        self._answer(303, {"location": f"{said['return_url']}?{urlencode(signed)}"}, b"")

    def do_GET(self) -> None:
        """api.php: the gateway asks for an order. It is not paid."""
        self._answer(200, {"content-type": "application/json"}, json.dumps({"code": 1, "status": 0}).encode())

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in (headers | {"content-length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Nothing."""


@contextmanager
def service(site: Site) -> Iterator[Epay]:
    """The service, offered by the gateway."""
    with Epay() as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        serving.start()
        mine = {
            "enabled": True, "url": f"http://127.0.0.1:{server.server_port}", "pid": MERCHANT, "key": KEY,
            "currency": "USD", "methods": ["alipay"],
        }  # fmt: skip
        site.api("PATCH", "/settings", {"settings": {"epay": mine}})
        try:
            yield server
        finally:
            site.api("PATCH", "/settings", {"settings": {"epay": dict.fromkeys(mine)}})
            server.shutdown()
            serving.join()


def ordered(site: Site, user: str, amount: str) -> str:
    """The number of a new order of a user's, which is not paid."""
    cookies = {"gateway-session": site.cookie(user)}
    with httpx.Client(base_url=f"{site.url}/api/v1", cookies=cookies, timeout=30.0, trust_env=False) as client:
        me = client.get("/me")
        assert me.status_code == 200, me.text
        token = me.json()["csrf_token"]
        body = {"provider": "epay", "method": "alipay", "amount": amount}
        answer = client.post("/topups", json=body, headers={"x-csrf-token": token})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["order"]["number"])
