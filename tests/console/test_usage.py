"""Requests: every filter reaches the server, the drawer says how one went and what it cost, the list is live."""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.console.site import HEARD_S, Site
from tests.console.visit import Visits
from tests.integration.instance import eventually


@pytest.fixture(scope="module")
def one(site: Site) -> dict[str, Any]:
    """A request that came to its end."""
    found: dict[str, Any] = site.api("GET", "/usage?failed=false&limit=1&sort=-cost")["items"][0]
    return found


@pytest.fixture(scope="module")
def failed(site: Site) -> dict[str, Any]:
    """A request that did not."""
    found: dict[str, Any] = site.api("GET", "/usage?failed=true&limit=1")["items"][0]
    return found


PRICED = "priced-by-a-test"


@pytest.fixture(scope="module")
def priced(site: Site) -> Iterator[dict[str, Any]]:
    """A request whose cost has lines, of a key and a channel of its own: others call the model by other names."""
    known = site.api("GET", "/channels?search=openai-01")["items"][0]
    body = {"name": PRICED, "provider": known["provider"], "base_url": known["base_url"], "secret": "sk-priced"}
    channel = site.api("POST", "/channels", {**body, "models": {PRICED: "mock-unary"}})
    key = site.api("POST", "/keys", {"name": "of the tests of requests"})
    try:
        answered(site, key["key"])
        yield recorded(site, key["id"])
    finally:
        site.api("DELETE", f"/keys/{key['id']}")
        site.api("DELETE", f"/channels/{channel['id']}")


def answered(site: Site, key: str) -> None:
    """Have the model's answer: its channel reaches the data plane a moment after it was made."""
    body = {"model": PRICED, "messages": [{"role": "user", "content": "Hello"}]}
    address, signed = f"{site.url}/v1/chat/completions", {"authorization": f"Bearer {key}"}
    answer = eventually(
        lambda: httpx.post(address, json=body, headers=signed, timeout=30.0, trust_env=False),
        lambda one: one.status_code == 200,
        HEARD_S,
    )
    assert answer.status_code == 200, answer.text


def recorded(site: Site, key: int) -> dict[str, Any]:
    """The record of the key's request, as soon as it is booked."""
    rows = eventually(lambda: site.api("GET", f"/usage?key={key}&status=200")["items"], bool, HEARD_S)
    assert rows, "the request was not booked"
    return dict(rows[0])


@pytest.fixture(scope="module")
def twice(site: Site) -> dict[str, Any]:
    """A request that came to its end with its second channel."""
    rows = site.api("GET", "/usage?failed=false&model=gpt-5-mini&limit=1000")["items"]
    found: dict[str, Any] = next(row for row in rows if row["attempts"] > 1 and row["attempt_log"])
    return found


def asked(page: Page, *parts: str) -> Any:
    return page.expect_request(
        lambda request: "/api/v1/usage?" in request.url and all(one in request.url for one in parts)
    )


TYPED = (
    ("Model", "gpt-5-mini", "model=gpt-5-mini"),
    ("Key", "everything", "key=everything"),
    ("User", "ann", "user=ann"),
    ("Channel", "openai-01", "channel=openai-01"),
    ("Organisation", "org-01", "organisation=org-01"),
    ("Team", "org-01/research", "team=org-01%2Fresearch"),
    ("Group", "vip", "group=vip"),
    ("Provider", "openai-compatible", "provider=openai-compatible"),
    ("Provider\u2019s model", "nothing", "upstream_model=nothing"),
    ("Request id", "req_none", "request_id=req_none"),
    ("Provider\u2019s request id", "none", "upstream_request_id=none"),
    ("Client\u2019s address", "10.9.8.7", "client_ip=10.9.8.7"),
)
CHOSEN = (
    ("Failed", "Yes", "failed=true"),
    ("Status", "429", "status=429"),
    ("How it ended", "Provider failed", "end=upstream_error"),
    ("Operation", "Embeddings", "operation=embeddings"),
    ("Streaming", "No", "stream=false"),
    ("Images or sound", "Yes", "media=true"),
)


def test_filters_that_are_typed(console: Visits) -> None:
    # Few rows, as none is looked at.
    page = console("usage?when=1m")
    for label, value, part in TYPED:
        field = reveal(page, label)
        field.fill(value)
        with asked(page, part):
            field.press("Enter")
        told(page, label, part)
    cleared(page)


def test_filters_that_are_chosen(console: Visits) -> None:
    page = console("usage?when=1m")
    for label, option, part in CHOSEN:
        reveal(page, label).click()
        with asked(page, part):
            page.get_by_role("option", name=option, exact=True).click()
        told(page, label, part)
    cleared(page)


def reveal(page: Page, label: str) -> Locator:
    """Open a filter's field, from behind "More" where it waits there."""
    expect(page.locator(".tools .filter").first).to_be_visible()
    shown = page.locator(".filter").get_by_role("button", name=label, exact=True)
    if shown.count():
        shown.click()
    else:
        page.locator(".tools").get_by_role("button", name="More", exact=True).click()
        page.get_by_role("menuitem", name=label, exact=True).click()
    return page.get_by_role("dialog", name=label, exact=True).locator("input").first


def told(page: Page, label: str, part: str) -> None:
    """The URL and the tool bar say what is asked."""
    expect(page).to_have_url(re.compile(re.escape(part)))
    expect(page.get_by_role("button", name=re.compile(f"^{re.escape(label)}:"))).to_be_visible()


def cleared(page: Page) -> None:
    """All filters are taken back at once."""
    page.get_by_role("button", name="Clear filters").click()
    expect(page).to_have_url(re.compile(r"/usage\??$"))


def test_what_the_client_was_told_is_in_the_readers_language(console: Visits, failed: dict[str, Any]) -> None:
    own = {"text": "The provider did not answer in time.", "code": "upstream-timeout", "params": {}, "status": 0}
    theirs = {"text": "max_tokens is too large", "code": "", "params": {}, "status": 0}
    rows = [
        {
            **failed,
            "request_id": name,
            "end": "upstream_error",
            "error": error,
            "error_text": said["text"],
            "error_said": said,
        }
        for name, error, said in (("own", "upstream_timeout", own), ("theirs", "upstream_invalid", theirs))
    ]
    page = console(None, locale="fr")
    page.route(re.compile(r"/api/v1/usage\?"), lambda route: route.fulfill(json={"items": rows, "next": None}))
    page.route(
        re.compile(r"/api/v1/usage/"),
        lambda route: route.fulfill(json={"request": rows[0], "timeline": [], "attempts": [], "cost": None}),
    )
    console.open(page, "usage?failed=true&peek=own")
    told = page.get_by_role("dialog").get_by_role("alert")
    expect(told).to_contain_text("pas répondu à temps.")
    expect(told).to_contain_text("upstream_timeout")
    page.keyboard.press("j")
    expect(told).to_contain_text("Le fournisseur : « max_tokens is too large »")


def test_a_time_range_and_the_text_of_an_error(console: Visits, failed: dict[str, Any]) -> None:
    page = console("usage")
    page.get_by_role("button", name="Time", exact=True).first.click()
    with asked(page, "since="):
        page.get_by_role("button", name="24h", exact=True).click()
    with asked(page, "q=answered"):
        page.get_by_role("searchbox").fill("answered")
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_role("searchbox").fill(failed["request_id"])
    expect(page.locator("tbody tr")).to_have_count(1)


def test_the_drawer_says_how_it_went_where_and_for_how_much(console: Visits, one: dict[str, Any]) -> None:
    page = console(f"usage?request_id={one['request_id']}&peek={one['request_id']}")
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_text("Arrived")).to_be_visible()
    expect(drawer.get_by_text("First token", exact=True).first).to_be_visible()
    console.axe(page)
    console.shot(page, "usage-life")
    drawer.get_by_role("tab", name="Route").click()
    expect(drawer.get_by_role("heading", name="Attempts")).to_be_visible()
    drawer.get_by_role("tab", name="Cost").click()
    expect(drawer.get_by_text("Booked")).to_be_visible()
    expect(page).to_have_url(re.compile("tab=cost"))
    console.axe(page)
    drawer.get_by_role("tab", name="Copy as").click()
    expect(drawer.locator("pre").first).to_contain_text("$GATEWAY_API_KEY")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)


def test_the_drawer_says_what_was_tried_and_where_such_a_request_goes_now(
    console: Visits, twice: dict[str, Any]
) -> None:
    page = console(f"usage?request_id={twice['request_id']}&peek={twice['request_id']}&tab=route")
    tried = page.get_by_role("dialog").locator("ol li")
    log = json.loads(twice["attempt_log"])
    expect(tried).to_have_text([re.compile("Answered" if outcome == "ok" else outcome) for _, outcome, _ in log])
    last = re.compile(rf"channels\?peek={twice['channel_id']}$")
    expect(tried.last.get_by_role("link")).to_have_attribute("href", last)
    now = page.get_by_role("dialog").locator("ol ~ div")
    expect(now.first).to_contain_text("1. ")
    expect(now.first).to_contain_text("%")
    console.axe(page)
    console.shot(page, "usage-route")


def test_the_drawer_has_the_arithmetic_of_a_cost(console: Visits, priced: dict[str, Any]) -> None:
    page = console(f"usage?request_id={priced['request_id']}&peek={priced['request_id']}&tab=cost")
    rows = page.get_by_role("dialog").locator("tbody tr")
    tokens = {"Input": (priced["input_tokens"], 1), "Output": (priced["output_tokens"], 2)}
    for at, (name, (count, price)) in enumerate(tokens.items()):
        expect(rows.nth(at).locator("td").nth(0)).to_have_text(name)
        expect(rows.nth(at).locator("td").nth(1)).to_have_text(f"{count:,}")
        expect(rows.nth(at).locator("td").nth(2)).to_have_text(f"${price}.00 / 1M tokens")
    expect(page.get_by_role("dialog").get_by_text("Computed again with the same result")).to_be_visible()
    console.axe(page)
    page.set_viewport_size({"width": 390, "height": 844})
    console.settle(page)
    console.shot(page, "usage-cost-390")


def test_the_keyboard_goes_from_request_to_request(console: Visits) -> None:
    page = console("usage?failed=true")
    page.locator("tbody tr .opener").first.click()
    expect(page.get_by_role("dialog").get_by_text("Arrived")).to_be_visible()
    first = page.url
    page.keyboard.press("j")
    expect(page).not_to_have_url(first)
    page.keyboard.press("k")
    expect(page).to_have_url(first)


def test_live_asks_again_and_holds_under_the_pointer(console: Visits) -> None:
    page = console("usage")
    with asked(page):
        page.get_by_role("button", name="Paused").click()
    expect(page.locator("[data-live=on]")).to_be_visible()
    page.locator("tbody tr").nth(2).hover()
    expect(page.locator("[data-live=held]")).to_be_visible()
    page.get_by_role("button", name="Live").click()
    expect(page.locator("[data-live]")).to_have_count(0)


def test_what_is_shown_is_kept_as_a_file(console: Visits) -> None:
    page = console("usage?failed=true&when=30d")
    for name, begins in (("CSV", "request_id,"), ("JSON Lines", '{"request_id":')):
        page.get_by_role("button", name="Export").click()
        with page.expect_download() as found:
            page.get_by_role("menuitem", name=name).click()
        assert "failed=true" in found.value.url
        assert "since=" in found.value.url
        text = found.value.path().read_text(encoding="utf-8")
        assert text.startswith(begins)
        assert text.count("\n") > 1


def test_a_member_sees_only_their_own(console: Visits) -> None:
    page = console("usage", user="ben")
    expect(page.get_by_text("Your own requests.")).to_be_visible()
    expect(page.locator(".filter").get_by_role("button", name="Channel")).to_have_count(0)
    assert page.get_by_role("columnheader", name="User").count() == 0
