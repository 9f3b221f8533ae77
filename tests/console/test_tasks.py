"""Tasks: a background response is listed until it is booked, found by its filters, shown beside the list, cancelled."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from tests.console.site import HEARD_S, Site
from tests.console.visit import Visits
from tests.integration.instance import eventually

MODEL = "task-model"
NAME = "e2e-tasks"


class _Handler(BaseHTTPRequestHandler):
    """A provider that keeps responses and works on them until it is told to stop."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self._say("cancelled" if self.path.endswith("/cancel") else "queued")

    def do_GET(self) -> None:
        self._say("in_progress")

    def _say(self, status: str) -> None:
        counts: dict[str, Any] = {"input_tokens": 500, "output_tokens": 70, "total_tokens": 570}
        body: dict[str, Any] = {
            "id": "resp_e2e_tasks", "object": "response", "model": MODEL, "status": status, "output": [],
            "usage": counts if status == "cancelled" else None,
        }  # fmt: skip
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: Any) -> None:
        del args


@pytest.fixture(scope="module")
def task(site: Site) -> Iterator[dict[str, Any]]:
    """A task of a key, a channel and a model of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    # Before the channel: where that is known the price is too.
    site.api("PUT", "/prices", {"model": MODEL, "input": "1", "output": "10"})
    settings = {"protocols": ["responses"], "capabilities": {"stored": True, "background": True}}
    channel = site.api("POST", "/channels", {
        "name": NAME, "provider": "openai-compatible", "base_url": f"http://127.0.0.1:{server.server_port}/v1",
        "secret": "sk-tasks", "models": {MODEL: ""}, "settings": settings,
    })  # fmt: skip
    key = site.api("POST", "/keys", {"name": NAME, "user": "root"})
    try:
        yield _begun(site, key)
    finally:
        site.api("DELETE", f"/keys/{key['id']}")
        site.api("DELETE", f"/channels/{channel['id']}")
        server.shutdown()
        thread.join()
        server.server_close()


def _begun(site: Site, key: dict[str, Any]) -> dict[str, Any]:
    """The channel is known to the data plane within seconds of being made; booking takes one more."""
    body = {"model": MODEL, "input": "Think about it.", "background": True}
    signed = {"authorization": f"Bearer {key['key']}"}
    site.serves(key["key"], MODEL)
    answer = httpx.post(f"{site.url}/v1/responses", json=body, headers=signed, timeout=30.0, trust_env=False)
    assert answer.status_code == 200, answer.text
    rows = eventually(lambda: site.api("GET", f"/tasks?key={key['id']}")["items"], bool, HEARD_S)
    assert rows, "the task was not noted"
    return dict(rows[0])


def test_a_task_is_found_shown_and_cancelled(console: Visits, site: Site, task: dict[str, Any]) -> None:
    page = console(f"tasks?key={task['key_id']}&settlement=open&model={MODEL}")
    row = page.get_by_role("row", name=re.compile(MODEL))
    expect(row).to_contain_text("Not yet")
    page.get_by_role("button", name=re.compile("^Booked:")).wait_for()
    console.go(page, f"tasks?q=resp_e2e&key={task['key_id']}&peek={task['id']}")
    drawer = page.get_by_role("dialog", name=MODEL)
    expect(drawer.get_by_text("resp_e2e_tasks")).to_be_visible()
    expect(drawer.get_by_role("link", name=task["request_id"])).to_be_visible()
    console.axe(page)
    console.shot(page, "tasks-peek")
    page.keyboard.press("Escape")
    row.get_by_role("button", name=re.compile("Actions")).click()
    page.get_by_role("menuitem", name="Cancel task").click()
    page.get_by_role("dialog", name="Cancel this task?").get_by_role("button", name="Cancel task").click()
    expect(row).to_contain_text("Exactly")
    expect(row).to_contain_text("Cancelled")
    done = site.api("GET", f"/tasks/{task['id']}")
    assert (done["settlement"], done["output_tokens"], done["cost"]) == ("exact", 70, 500 * 1000 + 70 * 10_000)
    page.set_viewport_size({"width": 390, "height": 844})
    console.settle(page)
    console.shot(page, "tasks-390")


def test_members_see_their_own(console: Visits) -> None:
    page = console("tasks?q=resp_e2e", user="ben")
    expect(page.get_by_role("heading", name="Tasks")).to_be_visible()
    expect(page.get_by_text("resp_e2e_tasks")).to_have_count(0)
    expect(page.get_by_role("button", name="Channel", exact=True)).to_have_count(0)
