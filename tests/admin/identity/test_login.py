"""Signing in by password: the cookie, what is refused, how often it may be tried, what stays the same for strangers."""

import pytest

from admin.identity import passwords, throttle
from admin.options.identity import Identity
from admin.options.network import Network
from storage.models import Credential, User
from tests.admin.conftest import World
from tests.admin.identity.conftest import CHEAP, PASSWORD, Browser


async def test_a_session_begins_and_ends(browser, person, world, api, refused) -> None:
    ann = await person(email="ann@example.com", display_name="Ann")
    assert refused(await browser.get("/me"), 401)
    answer = await browser.post("/login", {"login": "ann", "password": PASSWORD})
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-gateway-session=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax", "Max-Age=2592000"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["cache-control"] == "no-store"
    signed_in = answer.json()["signed_in"]
    assert (signed_in["id"], signed_in["name"], signed_in["must_change_password"]) == (ann.id, "ann", False)
    browser.trust(signed_in)
    me = await browser.ok("GET", "/me")
    assert (me["kind"], me["email"], me["csrf_token"]) == ("session", "ann@example.com", signed_in["csrf_token"])
    assert me["permissions"]["keys.write"] == "own"
    assert me["stepped_up_until"] is not None
    await browser.ok("POST", "/logout", status=204)
    assert refused(await browser.get("/me"), 401)
    entries = (await api.get("/audit")).json().get("items", []) if (await api.get("/audit")).status_code == 200 else []
    assert all(PASSWORD not in str(entry) for entry in entries)


async def test_over_plain_http_the_cookie_is_another_one(browsers, person) -> None:
    await person()
    browser = browsers("http://127.0.0.1:8000")
    answer = await browser.post("/login", {"login": "ann", "password": PASSWORD})
    assert answer.headers["set-cookie"].startswith("gateway-session=")
    assert "Secure" not in answer.headers["set-cookie"]
    assert (await browser.get("/me")).status_code == 200


async def test_names_and_addresses(browser, person) -> None:
    await person(email="ann@example.com")
    assert (await browser.login("Ann@Example.COM"))["signed_in"]["name"] == "ann"


async def test_strangers_and_wrong_passwords_look_alike(browser, person, refused) -> None:
    await person()
    await person("bob", None)
    answers = [
        refused(await browser.post("/login", {"login": name, "password": "wrong horse"}), 401)
        for name in ("ann", "bob", "nobody")
    ]
    for answer in answers:
        answer.pop("request_id")
    assert answers[0] == answers[1] == answers[2]


async def test_each_login_costs_one_check(browser, person, monkeypatch) -> None:
    """What takes the time is the same for a user, a user without a password and a stranger: one full hash."""
    await person()
    await person("bob", None)
    costs: list[str] = []
    verify = passwords._hasher(1024, 1).verify

    class Counting:
        def verify(self, known: str, given: str) -> bool:
            costs.append(known.split("$")[3])
            return verify(known, given)

        def check_needs_rehash(self, known: str) -> bool:
            return False

    monkeypatch.setattr(passwords, "_of", lambda options: Counting())
    for name in ("ann", "bob", "nobody", "x" * 254):
        await browser.post("/login", {"login": name, "password": "wrong horse"})
    assert costs == ["m=1024,t=1,p=1"] * 4


@pytest.mark.parametrize(
    ("columns", "slug"), [({"enabled": False}, "account-locked"), ({"locked_at": 5}, "account-locked")]
)
async def test_the_state_of_an_account_is_told_to_its_owner_only(browser, person, refused, columns, slug) -> None:
    await person(**columns)
    assert refused(await browser.post("/login", {"login": "ann", "password": "wrong"}), 401)["type"].endswith(
        "not-signed-in"
    )
    answer = refused(await browser.post("/login", {"login": "ann", "password": PASSWORD}), 403)
    assert answer["type"].endswith(slug)
    assert not browser.cookie


async def test_who_is_locked_or_switched_off_has_no_session_any_more(browser, person, world: World, refused) -> None:
    ann = await person()
    await browser.login()
    for column, value in (("locked_at", 7), ("enabled", False)):
        async with world.sessions.begin() as session:
            row = await session.get(User, ann.id)
            before = getattr(row, column)
            setattr(row, column, value)
        assert refused(await browser.get("/me"), 401)
        async with world.sessions.begin() as session:
            setattr(await session.get(User, ann.id), column, before)
    assert (await browser.get("/me")).status_code == 200


async def test_guessing_is_slowed_down(browsers, person, world: World, refused) -> None:
    await person()
    browser, elsewhere = browsers(), browsers(ip="203.0.113.9")
    for _ in range(5):
        refused(await browser.post("/login", {"login": "ann", "password": "wrong"}), 401)
    answer = await browser.post("/login", {"login": "ANN", "password": PASSWORD})
    assert refused(answer, 429)["type"].endswith("too-many-attempts")
    assert answer.headers["retry-after"] == "300"
    # The owner, elsewhere, is not locked out by it.
    await elsewhere.login()
    world.now += 299
    assert (await browser.post("/login", {"login": "ann", "password": PASSWORD})).headers["retry-after"] == "1"
    world.now += 1
    await browser.login()
    refused(await browser.post("/login", {"login": "ann", "password": "wrong"}), 401)


async def test_one_address_does_not_try_many_names(browser, set_options, refused) -> None:
    await set_options(Identity, login_failures_ip=5)
    for index in range(5):
        refused(await browser.post("/login", {"login": f"user{index}", "password": "wrong"}), 401)
    refused(await browser.post("/login", {"login": "another", "password": "wrong"}), 429)


async def test_one_connection_has_many_addresses(browsers, set_options, refused) -> None:
    """Of IPv6 a connection has 2^64: they are one for this. What IPv4 looks like there is the same IPv4."""
    await set_options(Identity, login_failures_ip=5)
    for number in range(5):
        other = browsers(ip=f"2001:db8:1:2:{number}::1")
        refused(await other.post("/login", {"login": f"user{number}", "password": "wrong"}), 401)
    body = {"login": "another", "password": "wrong"}
    refused(await browsers(ip="2001:db8:1:2::99").post("/login", body), 429)
    refused(await browsers(ip="2001:db8:1:3::1").post("/login", body), 401)
    assert throttle.place("::ffff:198.51.100.7") == throttle.place("198.51.100.7") == "198.51.100.7"
    assert throttle.place("unknown") == "unknown"


async def test_many_addresses_do_not_try_one_name(browsers, person, set_options, refused) -> None:
    await person()
    await set_options(Identity, login_failures_account=5)
    for index in range(5):
        refused(await browsers(ip=f"203.0.113.{index}").post("/login", {"login": "ann", "password": "wrong"}), 401)
    refused(await browsers(ip="203.0.113.77").post("/login", {"login": "ann", "password": PASSWORD}), 429)


async def test_forwarded_addresses_of_strangers_are_not_believed(browsers, person, set_options, refused) -> None:
    """Otherwise every guess could come from another address."""
    await person()
    browser = browsers()
    codes = [
        (
            await browser.post(
                "/login", {"login": "ann", "password": "wrong"}, x_forwarded_for=f"10.0.0.{n}, 198.51.100.7"
            )
        ).status_code
        for n in range(6)
    ]
    assert codes == [401] * 5 + [429]
    await set_options(Network, trusted_proxies=["198.51.100.0/24"])
    answer = await browser.post(
        "/login", {"login": "ann", "password": "wrong"}, x_forwarded_for="10.0.0.1, 198.51.100.7"
    )
    refused(answer, 401)


async def test_old_hashes_become_new_ones(browser, person, world: World) -> None:
    ann = await person()
    import bcrypt

    async with world.sessions.begin() as session:
        row = await session.get_one(Credential, ann.id)
        row.password = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    await browser.login()
    async with world.sessions() as session:
        row = await session.get_one(Credential, ann.id)
        assert str(row.password).startswith("$argon2id$v=19$m=1024,t=1,p=1$")
    await browser.login()


async def test_hashes_from_elsewhere_are_refused_as_slowly(monkeypatch) -> None:
    import bcrypt

    slept: list[float] = []
    monkeypatch.setattr("admin.identity.passwords.time.sleep", slept.append)
    monkeypatch.setattr(passwords, "_nobodys", lambda memory, passes: ("", 1000.0))
    stored = bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode()
    assert passwords._check("y" * 100, stored, CHEAP) == (False, True)
    assert passwords._check("x", "$2a$broken", CHEAP).good is False
    assert len(slept) == 2
    assert all(900 < seconds <= 1000 for seconds in slept)  # less what the check took
    assert passwords._check("x" * 100, stored, CHEAP) == (True, True)
    assert len(slept) == 2


async def test_passwords_can_be_switched_off(browser, person, set_options, refused) -> None:
    await person()
    await set_options(Identity, password_login=False)
    assert refused(await browser.post("/login", {"login": "ann", "password": PASSWORD}), 403)["type"].endswith(
        "no-passwords"
    )


@pytest.mark.parametrize(
    "body",
    [
        {"login": "a\u0000", "password": "x"},
        {"login": "", "password": "x"},
        {"login": "ann", "password": "x" * 2000},
        {"login": ["ann"], "password": "x"},
        {"login": "ann", "password": "x", "role": "root"},
        {"login": "ann"},
        [],
        "x",
    ],
)
async def test_bad_bodies(browser: Browser, refused, body) -> None:
    refused(await browser.post("/login", body), 422)
