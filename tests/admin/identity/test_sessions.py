"""Sessions: planted ones, forged requests, other sites, their age, their list, and who may end whose."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from admin.identity import cookies
from admin.identity.devices import device_of
from admin.options.identity import Identity
from admin.options.network import Network
from storage import crypto
from storage.models import Session
from tests.admin.conftest import TOKEN, World
from tests.admin.identity.conftest import PASSWORD, Browser

NAME = "__Host-gateway-session"


async def test_a_planted_session_is_not_taken_over(browser, browsers, person, world: World) -> None:
    """Fixation: the token before a login is worth nothing after it, whoever knows it."""
    await person()
    await person("eve")
    eve = browsers()
    await eve.login("eve")
    planted = eve.cookie
    browser.client.cookies.set(NAME, planted, domain="gateway.example", path="/")
    await browser.login()
    assert browser.cookie != planted
    me = await browser.ok("GET", "/me")
    assert me["name"] == "ann"
    assert (await eve.get("/me")).status_code == 401
    invented = browsers()
    invented.client.cookies.set(NAME, "x" * 43, domain="gateway.example", path="/")
    await invented.login()
    assert invented.cookie != "x" * 43


async def test_only_the_digest_is_stored(browser, person, world: World) -> None:
    await person()
    await browser.login()
    async with world.sessions() as session:
        (row,) = (await session.scalars(select(Session))).all()
    assert row.digest == crypto.digest(browser.cookie)
    assert len(browser.cookie) == 43


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"sec_fetch_site": "none"}, 403),
        ({"x_csrf_token": ""}, 403),
        ({"x_csrf_token": "x" * 32}, 403),
        ({"x_csrf_token": "ü"}, 403),
        ({"origin": "https://evil.example"}, 200),  # what counts is what a page cannot write: Sec-Fetch-Site
    ],
)
async def test_forged_requests(browser, person, headers, status) -> None:
    await person()
    await browser.login()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    encoded = {name: value.encode("latin-1") for name, value in given.items()}
    answer = await browser.client.patch("/me", json={"display_name": "A"}, headers=encoded)
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://gateway.example", 200),
        ("https://GATEWAY.example", 200),
        ("https://ai.example.org", 200),
        ("http://gateway.example", 403),
        ("https://gateway.example.evil.test", 403),
        ("https://evil.test/https://gateway.example", 403),
        ("null", 403),
        (None, 200),  # no browser: it needs the token all the same
    ],
)
async def test_old_browsers_say_the_origin_only(browser, person, set_options, origin, status) -> None:
    await set_options(Network, public_url="https://ai.example.org")
    await person()
    await browser.login()
    for name in ("sec-fetch-site", "origin"):
        del browser.client.headers[name]
    headers = {} if origin is None else {"origin": origin}
    assert (await browser.client.patch("/me", json={"display_name": "A"}, headers=headers)).status_code == status
    without = {**headers, "x-csrf-token": ""}
    assert (await browser.client.patch("/me", json={"display_name": "A"}, headers=without)).status_code == 403


async def test_nobody_is_signed_in_by_another_site(browser, person, refused) -> None:
    await person()
    answer = await browser.post("/login", {"login": "ann", "password": PASSWORD}, sec_fetch_site="cross-site")
    assert refused(answer, 403)["type"].endswith("cross-site-request")
    form = await browser.client.post(
        "/login", content=b'{"login":"ann","password":"x"}', headers={"content-type": "text/plain"}
    )
    assert form.status_code == 422


async def test_tokens_need_no_csrf_token(app: FastAPI, person) -> None:
    await person()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://gateway.example/api/v1",
        headers={"authorization": f"Bearer {TOKEN}", "sec-fetch-site": "cross-site"},
    ) as client:  # fmt: skip
        assert (await client.post("/users/ann/lock", json={})).status_code == 200


async def test_a_cookie_of_plain_http_is_not_good_over_https(browser, browsers, person) -> None:
    """Whoever can write cookies for the domain over HTTP cannot write one with the prefix __Host-."""
    await person()
    plain = browsers("http://gateway.example")
    await plain.login()
    browser.client.cookies.set("gateway-session", plain.cookie, domain="gateway.example", path="/")
    assert (await browser.get("/me")).status_code == 401


async def test_sessions_grow_old(browser, person, world: World, set_options) -> None:
    await set_options(Identity, session_days=2, session_idle_hours=1)
    await person()
    await browser.login()
    for _ in range(47):
        world.now += 3500
        assert (await browser.get("/me")).status_code == 200
    world.now += 3 * 3600
    assert (await browser.get("/me")).status_code == 401
    await browser.login()
    for _ in range(49):
        world.now += 3500
        await browser.get("/me")
    world.now += 1300
    assert (await browser.get("/me")).status_code == 401


async def test_a_shorter_life_holds_for_sessions_that_are_there(browser, person, world, set_options) -> None:
    await person()
    await browser.login()
    world.now += 2 * 86400
    assert (await browser.get("/me")).status_code == 200
    await set_options(Identity, session_days=1)
    assert (await browser.get("/me")).status_code == 401


async def test_list_and_end(browsers, person, world: World, refused) -> None:
    await person()
    await person("bob")
    here, there, bob = browsers(), browsers(ip="203.0.113.5"), browsers()
    await here.login()
    await there.login()
    await bob.login("bob")
    items = (await here.ok("GET", "/me/sessions"))["items"]
    assert [(one["current"], one["ip"], one["device"]) for one in items] == [
        (False, "203.0.113.5", "Firefox on Linux"),
        (True, "198.51.100.7", "Firefox on Linux"),
    ]
    refused(await bob.call("DELETE", f"/me/sessions/{items[0]['id']}"), 404)
    await here.ok("DELETE", f"/me/sessions/{items[0]['id']}", status=204)
    assert (await there.get("/me")).status_code == 401
    refused(await here.call("DELETE", f"/me/sessions/{items[0]['id']}"), 404)
    await there.login()
    assert await here.ok("POST", "/me/sessions/end-others") == {"ended": 1}
    assert (await there.get("/me")).status_code == 401
    assert (await here.get("/me")).status_code == 200
    assert (await bob.get("/me")).status_code == 200


async def test_the_oldest_make_room(browsers, person, set_options) -> None:
    await set_options(Identity, sessions_per_user=2)
    await person()
    three = [browsers() for _ in range(3)]
    for one in three:
        await one.login()
    assert [(await one.get("/me")).status_code for one in three] == [401, 200, 200]


async def test_operators_end_sessions_of_whom_they_rule_over(browsers, person, refused) -> None:
    await person("rita", role="root")
    await person("adam", role="admin")
    await person()
    rita, adam, ann = browsers(), browsers(), browsers()
    for one, name in ((rita, "rita"), (adam, "adam"), (ann, "ann")):
        await one.login(name)
    assert len((await adam.ok("GET", "/users/ann/sessions"))["items"]) == 1
    assert await adam.ok("DELETE", "/users/ann/sessions") == {"ended": 1}
    assert (await ann.get("/me")).status_code == 401
    await ann.login()
    refused(await adam.call("DELETE", "/users/rita/sessions"), 403)
    refused(await ann.get("/users/adam/sessions"), 404)
    refused(await ann.call("DELETE", "/users/adam/sessions"), 403)
    assert (await rita.get("/me")).status_code == 200


def test_devices() -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    assert device_of(edge) == "Edge on Windows"
    assert (
        device_of("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140 Safari/604.1") == "Chrome on iPhone"
    )
    assert device_of("gateway-cli") == ""


async def test_what_a_user_agent_says_is_kept_printable(browser, person) -> None:
    await person()
    browser.client.headers["user-agent"] = "a\tb\x7f" + "c" * 300
    await browser.login()
    (one,) = (await browser.ok("GET", "/me/sessions"))["items"]
    assert one["agent"] == "a?b?" + "c" * 196


def test_the_csrf_token_does_not_give_the_session_away() -> None:
    assert cookies.csrf_token("token") != cookies.csrf_token("token2")
    assert "token" not in cookies.csrf_token("token")


async def test_profile(browser: Browser, person, refused) -> None:
    await person()
    await browser.login()
    me = await browser.ok(
        "PATCH", "/me", {"display_name": "Ann A.", "language": "zh-CN", "preferences": {"theme": "dark"}}
    )
    assert (me["display_name"], me["language"], me["preferences"]) == ("Ann A.", "zh-CN", {"theme": "dark"})
    refused_bodies: tuple[dict[str, Any], ...] = (
        {"role": "root"}, {"organisation_role": "admin"}, {"email": "x@example.com"}, {"enabled": True}, {"id": 1},
        {"email_verified_at": 1}, {"group": "vip"}, {"language": "../x"}, {"display_name": "a\nb"},
        {"preferences": {"x": "y" * 20000}}, {"preferences": []},
    )  # fmt: skip
    for body in refused_bodies:
        refused(await browser.call("PATCH", "/me", body), 422)
    assert (await browser.ok("GET", "/me"))["role"] == "member"


async def test_tokens_have_no_profile(api, refused) -> None:
    me = (await api.get("/me")).json()
    assert (me["kind"], me["id"], me["csrf_token"]) == ("operator", None, None)
    refused(await api.patch("/me", json={"display_name": "x"}), 403)
    refused(await api.get("/me/sessions"), 403)
    refused(await api.post("/me/totp"), 403)
    refused(await api.post("/me/step-up", json={"password": "x"}), 403)
    assert refused(await api.post("/logout"), 400)


async def test_who_is_seen_again_is_noted(browser, person, world: World) -> None:
    await person()
    await browser.login()
    async with world.sessions.begin() as session:
        await session.execute(update(Session).values(seen_at=Session.seen_at - 300))
        before = await session.scalar(select(Session.seen_at))
    await browser.ok("GET", "/me")
    async with world.sessions() as session:
        after = await session.scalar(select(Session.seen_at))
    assert before is not None
    assert after is not None
    assert after >= before + 300
