"""What every list does, shown with announcements: state in the URL, drawer, form, views, keyboard, cards."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.console.site import Site
from tests.console.visit import Visits

KEYS = """async (keys) => {
  for (const key of keys) {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    await new Promise((done) => setTimeout(done));
  }
}"""
AT_ONCE = """(keys) => {
  for (const key of keys)
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}"""
NAMES = [f"listed {number:02}" for number in range(30)]


@pytest.fixture(scope="module")
def listed(site: Site) -> Iterator[list[int]]:
    """Thirty announcements, a page of 25 and some."""
    made = []
    for name in NAMES:
        body = {"kind": "faq", "title": name, "enabled": False}
        made.append(site.api("POST", "/announcements", body)["id"])
    yield made
    for number in made:
        site.api("DELETE", f"/announcements/{number}")


def opener(page: Page, name: str) -> object:
    return page.get_by_role("button", name=name, exact=True)


def test_pages_go_forth_and_back_and_a_link_can_be_shared(console: Visits, listed: list[int]) -> None:
    page = console("announcements?q=listed&size=25")
    expect(page.get_by_text("25 rows")).to_be_visible()
    page.get_by_role("button", name="Next page").click()
    expect(page.get_by_text("5 rows", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_text("25 rows")).to_be_visible()
    page.go_forward()
    expect(page.get_by_text("5 rows", exact=True)).to_be_visible()
    other = console(page.url.split("/console/")[1])
    expect(other.get_by_text("5 rows", exact=True)).to_be_visible()
    other.get_by_role("button", name="First page").click()
    expect(other.get_by_text("25 rows")).to_be_visible()


def test_filters_and_sorts_are_the_servers(console: Visits, listed: list[int]) -> None:
    page = console("announcements?q=listed")
    with page.expect_request(lambda request: "sort=id" in request.url):
        page.get_by_role("button", name="Written").click()
    expect(page.locator("tbody tr").first).to_contain_text(NAMES[0])
    page.get_by_role("button", name="Kind", exact=True).click()
    page.get_by_role("combobox", name="Kind").click()
    page.get_by_role("option", name="Notice").click()
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    assert "kind=notice" in page.url
    page.get_by_role("button", name="Clear filters").click()
    expect(page).not_to_have_url(re.compile("kind="))


def test_the_keyboard_opens_a_row_and_goes_on_from_it(console: Visits, listed: list[int]) -> None:
    page = console("announcements?q=listed")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"peek={listed[-2]}"))
    page.keyboard.press("j")
    expect(page).to_have_url(re.compile(f"peek={listed[-3]}"))
    expect(page.get_by_role("dialog")).to_contain_text(NAMES[-3])
    page.keyboard.press("Escape")
    expect(page).not_to_have_url(re.compile("peek="))
    # Keys that come faster than the page is drawn are answered in their order.
    page.evaluate(KEYS, ["j", "Enter", "j", "Escape", "x", "j", "x"])
    expect(page.get_by_role("region", name="Selected rows")).to_contain_text("2 selected")
    page.evaluate(KEYS, ["Enter", "k", "Escape", "Escape"])
    expect(page.get_by_role("region", name="Selected rows")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("peek="))
    console.settle(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert "q=listed" in page.url
    # Those that come while the browser goes back wait for it, and each sees what the one before has done.
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.evaluate(AT_ONCE, ["Escape", "x", "j", "x"])
    expect(page.get_by_role("region", name="Selected rows")).to_contain_text("2 selected")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.evaluate(AT_ONCE, ["Escape", "Escape"])
    expect(page.get_by_role("region", name="Selected rows")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    console.axe(page)


def test_a_change_of_somebody_else_is_shown_before_it_is_lost(console: Visits, site: Site, listed: list[int]) -> None:
    console.allow(r"/api/v1/announcements/\d+$", 412)
    page = console(f"announcements?q=listed&peek={listed[0]}")
    page.get_by_label("Link").fill("/mine")
    site.api("PATCH", f"/announcements/{listed[0]}", {"link": "/theirs"})
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("/theirs")
    page.get_by_role("button", name="Save mine").click()
    expect(page).not_to_have_url(re.compile("peek="))
    assert site.api("GET", f"/announcements/{listed[0]}")["link"] == "/mine"


def test_what_was_typed_is_not_lost_unasked_and_errors_stand_at_their_fields(console: Visits) -> None:
    console.allow(r"/api/v1/announcements$", 422)
    page = console("announcements?new=1")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Length: at least 1")).to_be_visible()
    page.get_by_label("Title").last.fill("half")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Stay").click()
    expect(page.get_by_role("button", name="Stay")).to_have_count(0)
    expect(page.get_by_label("Title").last).to_have_value("half")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Leave").click()
    expect(page).not_to_have_url(re.compile("new="))


def test_an_action_leaves_the_place_and_can_be_undone(console: Visits, site: Site, listed: list[int]) -> None:
    page = console("announcements?q=listed&sort=id&size=25")
    page.get_by_role("button", name=f"Actions for {NAMES[1]}").click()
    page.get_by_role("menuitem", name="Show").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#row-{listed[1]}")).to_contain_text("Hidden")
    assert "size=25" in page.url
    assert site.api("GET", f"/announcements/{listed[1]}")["enabled"] is False


def test_a_view_is_saved_under_a_name_and_opened(console: Visits, listed: list[int]) -> None:
    page = console("announcements?q=listed&sort=id")
    page.get_by_role("button", name="Saved views").click()
    page.get_by_role("button", name="Save this view…").click()
    page.get_by_label("Name of the view").fill("Old first")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Old first", exact=True)).to_be_visible()
    other = console("announcements")
    other.get_by_role("button", name="Saved views").click()
    other.get_by_role("button", name="Old first", exact=True).click()
    expect(other).to_have_url(re.compile(r"q=listed&sort=id"))
    other.get_by_role("button", name="Saved views").click()
    other.get_by_role("button", name="Remove the view Old first").click()
    expect(other.get_by_role("button", name="Old first", exact=True)).to_have_count(0)


def test_the_bar_says_how_many_match_and_what_was_refused(console: Visits, site: Site) -> None:
    titles = [f"in bulk {number:02}" for number in range(27)]
    made = [site.api("POST", "/announcements", {"kind": "faq", "title": one, "enabled": False})["id"] for one in titles]
    left = set(made)
    try:
        page = console("announcements?q=in%20bulk&size=25")
        bar = page.get_by_role("region", name="Selected rows")
        page.get_by_role("checkbox", name="Select the whole page").check()
        bar.get_by_role("button", name="Select all 27 that match").click()
        expect(bar).to_contain_text("27 selected")
        expect(bar.get_by_role("button", name=re.compile("^Select all"))).to_have_count(0)
        site.api("DELETE", f"/announcements/{made[3]}")
        bar.get_by_role("button", name="Remove").click()
        dialog = page.get_by_role("dialog", name="Remove")
        dialog.get_by_role("button", name="Remove").click()
        expect(dialog).to_contain_text("26 changed, 1 refused")
        expect(dialog).to_contain_text(titles[3])
        left = {row["id"] for row in site.api("GET", "/announcements/all?q=in%20bulk")["items"]}
        assert not left
    finally:
        for number in left:
            site.api("DELETE", f"/announcements/{number}")


@pytest.mark.parametrize(
    ("path", "route", "first", "asked"),
    [
        ("announcements?q=listed&sort=id", "announcements/all", NAMES[0], "q=listed&sort=id"),
        ("prices?q=mock-unary", "prices", "mock-unary", "search=mock-unary"),
    ],
)
def test_a_list_is_kept_as_a_file_as_it_is_narrowed(
    console: Visits, listed: list[int], path: str, route: str, first: str, asked: str
) -> None:
    page = console(path)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as kept:
        page.get_by_role("menuitem", name="CSV").click()
    assert f"/{route}?format=csv&" in kept.value.url
    assert all(part in kept.value.url for part in asked.split("&"))
    assert first in kept.value.path().read_text(encoding="utf-8").splitlines()[1]


def test_a_phone_has_cards_with_every_action(console: Visits, listed: list[int]) -> None:
    page = console("announcements?q=listed&size=25", width=390)
    card = page.get_by_role("listitem").filter(has_text=NAMES[-1])
    card.get_by_role("button", name=f"Actions for {NAMES[-1]}").click()
    expect(page.get_by_role("menuitem", name="Remove")).to_be_visible()
    page.keyboard.press("Escape")
    console.axe(page)


def test_a_phone_sorts_chooses_all_and_picks_what_it_shows(console: Visits) -> None:
    page = console("users?size=25", width=390)
    page.get_by_role("combobox", name="Sort by").click()
    with page.expect_request(lambda request: "sort=" in request.url):
        page.get_by_role("option", name="Name", exact=True).click()
    before = page.url
    page.get_by_role("button", name=re.compile("^Sort (up|down)wards$")).click()
    expect(page).not_to_have_url(before)
    console.settle(page)
    page.get_by_role("checkbox", name="Select the whole page").click()
    expect(page.get_by_role("region", name="Selected rows")).to_contain_text("25 selected")
    page.get_by_role("button", name="Clear the selection").click()
    page.get_by_role("button", name="Columns").click()
    expect(page.get_by_role("checkbox", name="Name", exact=True)).to_be_visible()
    console.fits(page)


def test_cut_text_is_shown_whole_and_widths_are_kept(console: Visits, site: Site) -> None:
    long = "A title that is much longer than the column in which it has to stand, and so is cut"
    made = site.api("POST", "/announcements", {"kind": "faq", "title": long, "enabled": False})["id"]
    try:
        page = console("announcements?q=much%20longer")
        grips = page.get_by_role("separator", name=re.compile("^Width of "))
        grip = grips.first
        grip.focus()
        for _ in range(30):
            page.keyboard.press("ArrowLeft")
        width = grip.get_attribute("aria-valuenow")
        tip = page.get_by_role("tooltip").filter(has_text=long)
        page.locator("tbody tr .opener").hover()
        expect(tip).to_be_visible()
        page.locator("h1").hover()
        expect(tip).to_have_count(0)
        page.locator("tbody tr .opener").focus()
        expect(tip).to_be_visible()
        page.reload()
        expect(page.locator("tbody tr .opener")).to_be_visible()
        assert width is not None
        expect(grips.first).to_have_attribute("aria-valuenow", width)
    finally:
        site.api("DELETE", f"/announcements/{made}")
