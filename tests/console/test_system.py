"""What runs: replicas, database, disk and queues as the API tells them; only for operators."""

import re

from playwright.sync_api import expect

from tests.console.site import HEARD_S, Site
from tests.console.visit import Visits
from tests.integration.instance import eventually

VERIFY = "ledger.verify"
ENDS_MS = 60_000
"""Bound on a job: it begins within seconds of being asked for."""


def _version(site: Site) -> str:
    router = site.api("GET", "/system")["router"]
    return str(router["table_version"]) if router else "no answer of the Router"


def test_it_shows_what_the_api_tells(console: Visits, site: Site) -> None:
    told = site.api("GET", "/system")
    page = console("system")
    for replica in told["replicas"]:
        expect(page.get_by_role("cell", name=replica["replica"], exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="Database")).to_contain_text(told["database"]["version"])
    # It grows while what the tests before have changed reaches the Router; the page asks for it every few seconds.
    router = page.get_by_role("region", name="Router")
    assert eventually(lambda: _version(site) in router.inner_text(), bool, HEARD_S), router.inner_text()
    expect(page.get_by_role("region", name="Journal")).to_be_visible()
    expect(page.get_by_role("region", name="Queues")).to_contain_text("Sessions")
    expect(page.get_by_role("region", name="Redis")).to_be_visible()
    expect(page.get_by_role("region", name="Disk")).to_contain_text(told["disk"]["path"])
    page.get_by_role("button", name="Live").click()
    expect(page.get_by_role("button", name="Paused")).to_be_visible()


def test_links_lead_to_what_the_settings_name(console: Visits, site: Site) -> None:
    site.api(
        "PATCH", "/settings/console", {"grafana_url": "https://grafana.example.com/d/1", "ray_dashboard_url": None}
    )
    page = console("system")
    expect(page.get_by_role("link", name="Grafana")).to_have_attribute("href", "https://grafana.example.com/d/1")
    site.api("PATCH", "/settings/console", {"grafana_url": None})
    page.reload()
    page.get_by_role("link", name="To the settings").click()
    expect(page.get_by_label("Grafana")).to_be_focused()


def test_the_books_are_verified_as_a_job(console: Visits, site: Site) -> None:
    page = console("system")
    books = page.get_by_role("region", name="Books")
    before = max((one["id"] for one in site.api("GET", f"/jobs?kind={VERIFY}&sort=-id&limit=1")["items"]), default=0)
    # The page asks for the list again when the job is over.
    with page.expect_response(re.compile(r"/api/v1/jobs\?"), timeout=ENDS_MS):
        books.get_by_role("button", name="Verify now").click()
    job = site.api("GET", f"/jobs?kind={VERIFY}&sort=-id&limit=1")["items"][0]
    assert (job["id"] > before, job["state"]) == (True, "done")
    expect(books).to_contain_text(f"Accounts: {job['result']['accounts']:,}")
    expect(books).to_contain_text("Nothing differs." if job["result"]["found"] == 0 else "difference")
    expect(page.get_by_role("region", name="Coming from New API")).to_contain_text("gateway import new-api")

    page.get_by_role("link", name="Background jobs").click()
    page.locator(f"#row-{job['id']} .opener").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("Verified")
    console.axe(page)


def test_jobs_are_seen_stopped_and_run_before_their_time(console: Visits, site: Site) -> None:
    page = console("system/jobs?kind=channels.balance")
    expect(page.get_by_role("heading", name="Background jobs")).to_be_visible()
    job = site.api("POST", "/channels/jobs", {"action": "balance", "dry_run": True})
    row = page.locator(f"#row-{job['id']}")
    expect(row).to_contain_text("Ask for balances of channels")
    expect(row).to_contain_text("Done", timeout=ENDS_MS)
    console.go(page, f"system/jobs?kind=channels.balance&state=failed&peek={job['id']}")
    expect(page.get_by_role("dialog")).to_contain_text("Done")
    page.keyboard.press("Escape")
    expect(row).to_have_count(0)
    page.get_by_role("tab", name="By the clock").click()
    console.axe(page)
    console.fits(page)
    page.get_by_role("button", name="Run now: Forget old jobs").click()
    expect(page.get_by_text("Forget old jobs: runs within seconds")).to_be_visible()


def test_members_do_not_see_it(console: Visits) -> None:
    page = console("system", user="ben")
    expect(page.get_by_text("You may not see this page")).to_be_visible()
