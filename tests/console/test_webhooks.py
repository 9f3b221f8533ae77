"""Targets of notifications: made, tried, given a new secret, switched off; what became of deliveries; events."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.console.site import Site
from tests.console.visit import Visits
from tests.integration.instance import eventually

MARK = "e2e-hook"
ARRIVES_MS = 60_000
"""The gateway looks for deliveries every few seconds."""


class Receiver:
    """Answers each POST with `status`, and keeps the ids of what came."""

    def __init__(self) -> None:
        self.status = 200
        self.seen: list[str] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                receiver.seen.append(str(self.headers.get("webhook-id", "")))
                self.send_response(receiver.status)
                self.end_headers()
                self.wfile.write(b"said the receiver")

            def log_message(self, *args: Any) -> None:
                del args

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.close()


def _targets(site: Site) -> list[dict[str, Any]]:
    return list(site.api("GET", f"/notifications/targets?q={MARK}&limit=1000")["items"])


def _make(site: Site, name: str, url: str, **more: Any) -> dict[str, Any]:
    usual = {"kind": "webhook", "owner": "gateway", "events": ["statement.ready"], "url": url}
    return dict(site.api("POST", "/notifications/targets", {**usual, **more, "name": f"{MARK}-{name}"}))


@pytest.fixture(autouse=True)
def _clean(site: Site) -> Iterator[None]:
    def sweep() -> None:
        for target in _targets(site):
            site.api("DELETE", f"/notifications/targets/{target['id']}")

    sweep()
    yield
    sweep()


def test_a_webhook_is_made_and_changed(console: Visits, site: Site, receiver: Receiver) -> None:
    page = console("webhooks")
    page.get_by_role("button", name="New target").first.click()
    form = page.get_by_role("dialog", name="New target")
    form.get_by_text("Webhook", exact=True).click()
    form.get_by_label("Name").fill(f"{MARK}-made")
    form.get_by_label("Address of the server").fill(receiver.url)
    form.get_by_role("button", name="Add a target").click()
    expect(page.get_by_test_id("secret")).to_contain_text("whsec_")
    form.get_by_role("button", name="Close").last.click()
    row = page.get_by_role("row", name=re.compile(f"{MARK}-made"))
    expect(row).to_contain_text("Gateway")
    row.get_by_role("button", name=f"{MARK}-made", exact=True).click()
    peek = page.get_by_role("dialog", name=f"{MARK}-made")
    peek.get_by_label("Name").fill(f"{MARK}-renamed")
    peek.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The target is saved").last).to_be_visible()
    row = page.get_by_role("row", name=re.compile(f"{MARK}-renamed"))
    row.get_by_role("button", name=re.compile("Actions")).click()
    page.get_by_role("menuitem", name="Switch off").click()
    expect(row).to_contain_text("Off")
    assert _targets(site)[0]["enabled"] is False


def test_a_delivery_fails_and_is_sent_again(console: Visits, site: Site, receiver: Receiver) -> None:
    target = _make(site, "tried", receiver.url)
    receiver.status, receiver.seen[:] = 500, []
    page = console(f"webhooks/{target['id']}")
    expect(page.get_by_text("Nothing was sent yet")).to_be_visible()
    page.get_by_role("button", name="Send a test").click()
    row = page.get_by_role("row", name=re.compile("^Test ")).last
    expect(row).to_contain_text("500", timeout=ARRIVES_MS)
    row.get_by_role("button", name=re.compile("^Test")).first.click()
    peek = page.get_by_role("dialog", name="Test")
    expect(peek).to_contain_text("said the receiver")
    receiver.status = 200
    peek.get_by_role("button", name="Deliver again").click()
    expect(page.get_by_text("It is on its way again")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("row", name=re.compile("Delivered"))).not_to_have_count(0, timeout=ARRIVES_MS)
    assert len(set(receiver.seen)) == 1
    console.go(page, f"webhooks/{target['id']}?state=delivered&event=target.test")
    rows = page.get_by_role("row", name=re.compile("^Test"))
    # One, or two of them: what failed is sent again after 5 s by itself too.
    path = f"/notifications/targets/{target['id']}/deliveries?state=delivered"
    seen = eventually(lambda: (rows.count(), len(site.api("GET", path)["items"])), lambda both: both[0] == both[1], 30)
    assert seen in ((1, 1), (2, 2))
    console.go(page, f"webhooks/{target['id']}?event=key.created")
    expect(page.get_by_text("Nothing matches")).to_be_visible()


def test_lists_are_filtered_and_secrets_renewed(console: Visits, site: Site, receiver: Receiver) -> None:
    _make(site, "one", receiver.url)
    _make(site, "phone", "https://push.example", kind="gotify", key="k")
    page = console(f"webhooks?q={MARK}")
    rows = page.get_by_role("row", name=re.compile(MARK))
    expect(rows).to_have_count(2)
    console.go(page, f"webhooks?q={MARK}&kind=gotify")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("push.example")
    console.go(page, f"webhooks?q={MARK}&owner=organisation")
    expect(rows).to_have_count(0)
    console.go(page, f"webhooks?q={MARK}-one")
    rows.get_by_role("button", name=re.compile("Actions")).click()
    page.get_by_role("menuitem", name="New secret").click()
    page.get_by_role("dialog", name="Make a new secret?").get_by_role("button", name="New secret").click()
    expect(page.get_by_test_id("secret")).to_contain_text("whsec_")
    page.get_by_role("dialog", name="New secret").get_by_role("button", name="Close").click()
    rows.get_by_role("button", name=re.compile("Actions")).click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog", name="Remove this target?").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("The target is removed")).to_be_visible()
    assert [one["name"] for one in _targets(site)] == [f"{MARK}-phone"]


def test_many_targets_at_once(console: Visits, site: Site, receiver: Receiver) -> None:
    made = [_make(site, f"many-{number}", receiver.url) for number in range(3)]
    page = console(f"webhooks?q={MARK}-many&sort=name", width=390)
    for number in range(3):
        page.get_by_label(f"Select {MARK}-many-{number}", exact=True).check()
    bar = page.get_by_role("region", name="Selected rows")
    bar.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("Off", exact=True)).to_have_count(3)
    assert [one["enabled"] for one in _targets(site)] == [False] * 3
    console.axe(page)
    bar.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text("Off", exact=True)).to_have_count(0)
    site.api("DELETE", f"/notifications/targets/{made[2]['id']}")
    bar.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Remove").click()
    expect(dialog.get_by_text("2 changed, 1 refused")).to_be_visible()
    assert _targets(site) == []


def test_events_and_who_comes_here(console: Visits, site: Site) -> None:
    key = site.api("POST", "/keys", {"name": f"{MARK}-key", "user": "root"})
    page = console("webhooks/events")
    row = page.get_by_role("row", name=re.compile(f"{MARK}-key")).first
    expect(row).to_contain_text("Key made")
    row.get_by_role("button", name=re.compile("^Key made")).first.click()
    expect(page.get_by_role("dialog", name="Key made")).to_contain_text("key_id")
    site.api("DELETE", f"/keys/{key['id']}")
    other = console("webhooks", user="ann")
    other.get_by_role("button", name="New target").first.click()
    expect(other.get_by_role("dialog", name="New target").get_by_label("Name")).to_be_visible()


def test_looks(console: Visits, site: Site, receiver: Receiver) -> None:
    target = _make(site, "looks", receiver.url)
    page = console(None, theme="auto")
    for name, path, heading in (
        ("list", f"webhooks?q={MARK}&peek={target['id']}", "Webhooks and notifications"),
        ("deliveries", f"webhooks/{target['id']}", f"Deliveries to {target['name']}"),
        ("events", "webhooks/events", "Events"),
    ):
        console.open(page, path)
        expect(page.get_by_role("heading", name=heading, exact=True, include_hidden=True)).to_be_attached()
        console.looks(page, f"webhooks-{name}")
