"""Making accounts: the first administrator, registration and its rules, passwords, what operators may do to others."""

import asyncio
from typing import Any

import httpx
import pytest

from admin.identity import passwords, turnstile
from admin.options.identity import Identity
from storage import setup_link
from storage.models import Credential
from tests.admin.conftest import World
from tests.admin.identity.conftest import CHEAP, PASSWORD

NEW = "entirely other elephants"


async def token_of(world: World, tmp_path: Any) -> str:
    async with world.sessions.begin() as session:
        return await setup_link.current(session, tmp_path, now=world.now)


async def test_the_first_administrator(browser, browsers, world: World, tmp_path, refused) -> None:
    token = await token_of(world, tmp_path)
    assert token == await token_of(world, tmp_path) == (tmp_path / setup_link.FILE).read_text().strip()
    assert ((tmp_path / setup_link.FILE).stat().st_mode & 0o777) == 0o600
    assert await browser.ok("GET", "/setup") == {"needed": True}
    body = {"token": token, "name": "rita", "password": PASSWORD}
    refused(await browser.post("/setup", {**body, "token": "x" * 43}), 401)
    refused(await browser.post("/setup", {**body, "password": "short"}), 422)
    refused(await browser.post("/setup", {**body, "role": "root"}), 422)
    refused(await browser.post("/setup", body, sec_fetch_site="cross-site"), 403)
    browser.trust(await browser.ok("POST", "/setup", body, 201))
    me = await browser.ok("GET", "/me")
    assert (me["role"], me["permissions"]["settings.write"]) == ("root", "all")
    assert await browser.ok("GET", "/setup") == {"needed": False}
    refused(await browsers().post("/setup", {**body, "name": "eve"}), 409)
    assert await token_of(world, tmp_path) == ""
    assert not (tmp_path / setup_link.FILE).exists()


async def test_of_two_at_once_one_is_the_first(browsers, world: World, tmp_path) -> None:
    token = await token_of(world, tmp_path)
    answers = await asyncio.gather(
        *(browsers().post("/setup", {"token": token, "name": f"rita{n}", "password": PASSWORD}) for n in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_a_link_grows_old_and_is_replaced(browser, world: World, tmp_path, refused) -> None:
    token = await token_of(world, tmp_path)
    async with world.sessions.begin() as session:
        fresh = await setup_link.renew(session, tmp_path, now=world.now)
    refused(await browser.post("/setup", {"token": token, "name": "rita", "password": PASSWORD}), 401)
    world.now += setup_link.LIFETIME_S
    refused(await browser.post("/setup", {"token": fresh, "name": "rita", "password": PASSWORD}), 401)
    assert await token_of(world, tmp_path) not in {token, fresh}


async def test_what_was_changed_meanwhile_is_not_lost(browser, person, refused) -> None:
    await person()
    await browser.login()
    tag = (await browser.get("/me")).headers["etag"]
    first = await browser.call("PATCH", "/me", {"preferences": {"density": "high"}}, if_match=tag)
    assert first.status_code == 200
    refused(await browser.call("PATCH", "/me", {"preferences": {"theme": "dark"}}, if_match=tag), 412)
    new = (await browser.get("/me")).headers["etag"]
    assert (first.headers["etag"], (await browser.get("/me")).json()["preferences"]) == (new, {"density": "high"})
    assert (await browser.call("PATCH", "/me", {"language": "fr"}, if_match=new)).status_code == 200


async def test_registration_is_off(browser, refused) -> None:
    body = {"name": "ann", "password": PASSWORD}
    assert refused(await browser.post("/register", body), 403)["type"].endswith("registration-off")
    refused(await browser.post("/register/email", {"email": "ann@example.com"}), 403)


async def test_open_registration(browser, browsers, set_options, refused) -> None:
    await set_options(Identity, registration="open", verify_email=False, registrations_per_day=4)
    browser.trust(await browser.ok("POST", "/register", {"name": "ann", "password": PASSWORD, "language": "de"}, 201))
    me = await browser.ok("GET", "/me")
    assert (me["name"], me["email"], me["language"], me["role"]) == ("ann", None, "de", "member")
    for body, status in (
        ({"name": "ann", "password": NEW}, 409),
        ({"name": "bob", "password": NEW, "role": "root"}, 422),
        ({"name": "bob", "password": NEW, "group": "vip"}, 422),
        ({"name": "bob@example.com", "password": NEW}, 422),
        ({"name": "123", "password": NEW}, 422),
        ({"name": "a/b", "password": NEW}, 422),
        ({"name": "bob", "password": "bob", "email": "bob@example.com"}, 422),
        ({"name": "bob", "password": NEW, "email": "bob@example.com"}, 201),
        ({"name": "eve", "password": NEW}, 429),
    ):
        answer = await browsers().post("/register", body)
        assert answer.status_code == status, body
    answer = await browsers(ip="203.0.113.2").post(
        "/register", {"name": "eve", "password": NEW, "email": "bob@example.com"}
    )
    refused(answer, 409)


async def test_domains_and_aliases(browser, set_options, refused) -> None:
    await set_options(Identity, registration="domains", registration_domains=["Example.com"], plus_addresses=False)
    for email in (
        "ann@example.org",
        "ann@sub.example.com",
        "ann@example.com.evil.test",
        "ann+1@example.com",
        "a.n.n@example.com",
    ):
        refused(
            await browser.post("/register", {"name": "ann", "password": PASSWORD, "email": email, "code": "123456"}),
            422,
        )
        if "+" not in email and "a.n.n" not in email:
            refused(await browser.post("/register/email", {"email": email}), 422)
    refused(await browser.post("/register", {"name": "ann", "password": PASSWORD}), 422)


async def test_without_an_invitation(browser, set_options, refused) -> None:
    await set_options(Identity, registration="invite", verify_email=False)
    refused(await browser.post("/register", {"name": "ann", "password": PASSWORD}), 422)
    refused(await browser.post("/register", {"name": "ann", "password": PASSWORD, "invitation": "x" * 40}), 422)


async def test_humans(browser, world: World, set_options, refused) -> None:
    asked: list[bytes] = []

    def cloudflare(request: httpx.Request) -> httpx.Response:
        asked.append(request.content)
        assert str(request.url) == turnstile.URL
        if b"response=slow" in request.content:
            raise httpx.ReadTimeout("slow", request=request)
        if b"response=odd" in request.content:
            return httpx.Response(200, text="<html>")
        return httpx.Response(200, json={"success": b"response=good" in request.content, "error-codes": []})

    world.http._transport = httpx.MockTransport(cloudflare)
    await set_options(
        Identity, registration="open", verify_email=False, turnstile_site_key="0x", turnstile_secret="s3cret"
    )
    body = {"name": "ann", "password": PASSWORD}
    refused(await browser.post("/register", body), 422)
    refused(await browser.post("/register", {**body, "turnstile": "bad"}), 422)
    refused(await browser.post("/register", {**body, "turnstile": "slow"}), 503)
    refused(await browser.post("/register", {**body, "turnstile": "odd"}), 503)
    await browser.ok("POST", "/register", {**body, "turnstile": "good"}, 201)
    assert asked[-1] == b"secret=s3cret&response=good&remoteip=198.51.100.7"
    await browser.login()  # not asked at login, by default
    await set_options(Identity, turnstile_on=["login"])
    refused(await browser.post("/login", {"login": "ann", "password": PASSWORD}), 422)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "at least 12"),
        ("x" * 257, "at most 256"),
        ("password1234", "too easy to guess"),
        ("qwertyuiop12", "too easy to guess"),
        ("aaaaaaaaaaaaaaaa", "too easy to guess"),
        ("annikasmith12", "your name"),
        ("tab\tin the middle of it", "control characters"),
        ("plenty of purple hippos", ""),
        ("Grüße aus dem Zoo 7", ""),
    ],
)
def test_which_passwords_are_good_enough(password: str, reason: str) -> None:
    found = passwords.objection(password, CHEAP, ("annikasmith", "annika@example.com"))
    assert reason in found
    assert bool(found) is bool(reason)


async def test_change_of_password(browser, browsers, person, world: World, refused) -> None:
    await person()
    other = browsers()
    await browser.login()
    await other.login()
    refused(await browser.call("PUT", "/me/password", {"current": "wrong", "password": NEW}), 422)
    refused(await browser.call("PUT", "/me/password", {"current": PASSWORD, "password": "weak"}), 422)
    await browser.ok("PUT", "/me/password", {"current": PASSWORD, "password": NEW}, 204)
    assert (await other.get("/me")).status_code == 401
    assert (await browser.get("/me")).status_code == 200
    world.now += 601
    for _ in range(5):
        refused(await browser.call("PUT", "/me/password", {"current": "wrong", "password": NEW}), 422)
    refused(await browser.call("PUT", "/me/password", {"current": NEW, "password": PASSWORD}), 429)


async def test_lock_and_unlock(browser, browsers, person, refused) -> None:
    await person("rita", role="root")
    await person("adam", role="admin")
    await person()
    adam = browsers()
    await adam.login("adam")
    await browser.login()
    token = (await browser.ok("POST", "/tokens", {"name": "reports", "scopes": ["*"]}, 201))["token"]
    program = browsers()
    assert (await program.get("/whoami", authorization=f"Bearer {token}")).status_code == 200
    shown = await adam.ok("POST", "/users/ann/lock", {"reason": "odd spending"})
    assert (shown["locked"], shown["locked_reason"]) == (True, "odd spending")
    assert (await browser.get("/me")).status_code == 401
    refused(await browser.post("/login", {"login": "ann", "password": PASSWORD}), 403)
    # What somebody made in the session that was taken over does not outlive it.
    refused(await program.get("/whoami", authorization=f"Bearer {token}"), 401)
    await adam.ok("POST", "/users/ann/unlock")
    await browser.login()
    assert (await program.get("/whoami", authorization=f"Bearer {token}")).status_code == 200
    refused(await adam.call("POST", "/users/rita/lock", {}), 403)
    refused(await browser.call("POST", "/users/adam/lock", {}), 403)
    rita = browsers()
    await rita.login("rita")
    refused(await rita.call("POST", "/users/rita/lock", {}), 409)  # the last one


async def test_unlocking_ends_pauses(browsers, person, api, set_options, refused) -> None:
    await set_options(Identity, login_failures_account=5)
    await person()
    for index in range(5):
        await browsers(ip=f"203.0.113.{index}").post("/login", {"login": "ann", "password": "wrong"})
    refused(await browsers(ip="203.0.113.200").post("/login", {"login": "ann", "password": PASSWORD}), 429)
    assert (await api.post("/users/ann/unlock")).status_code == 200
    await browsers(ip="203.0.113.201").login()


async def test_a_password_that_somebody_else_chose(browser, browsers, person, world, refused) -> None:
    await person("adam", role="admin")
    await person("rita", role="root")
    await person("ann", None)
    adam = browsers()
    await adam.login("adam")
    world.now += 601
    refused(await adam.call("PUT", "/users/ann/password", {"password": NEW}), 403)
    await adam.ok("POST", "/me/step-up", {"password": PASSWORD})
    refused(await adam.call("PUT", "/users/rita/password", {"password": NEW}), 403)
    refused(await adam.call("PUT", "/users/ann/password", {"password": "ann"}), 422)
    await adam.ok("PUT", "/users/ann/password", {"password": NEW})
    found = await browser.login("ann", NEW)
    assert found["signed_in"]["must_change_password"] is True
    await browser.ok("PUT", "/me/password", {"current": NEW, "password": PASSWORD}, 204)
    assert (await browser.login())["signed_in"]["must_change_password"] is False


async def test_organisations_keep_to_themselves(browsers, person, api, refused) -> None:
    for name in ("acme", "globex"):
        assert (await api.post("/organisations", json={"name": name})).status_code == 201
    acme, globex = [(await api.get(f"/organisations/{name}")).json()["id"] for name in ("acme", "globex")]
    await person("boss", organisation_id=acme, organisation_role="admin")
    await person("ann", organisation_id=acme)
    await person("gus", organisation_id=globex)
    await person("rita", role="root", organisation_id=acme)
    boss = browsers()
    await boss.login("boss")
    await boss.ok("POST", "/users/ann/lock", {})
    await boss.ok("PUT", "/users/ann/password", {"password": NEW})
    refused(await boss.call("POST", "/users/gus/lock", {}), 404)
    refused(await boss.get("/users/gus/credentials"), 404)
    refused(await boss.call("PUT", "/users/rita/password", {"password": NEW}), 403)
    refused(await boss.call("DELETE", "/users/rita/second-factors"), 403)


async def test_who_is_removed_leaves_nothing(browser, person, world: World, api) -> None:
    ann = await person()
    await browser.login()
    await browser.ok("POST", "/me/totp")
    assert (await api.delete("/users/ann")).status_code in {200, 204}
    assert (await browser.get("/me")).status_code == 401
    answer = await browser.post("/login", {"login": "ann", "password": PASSWORD})
    assert answer.status_code in {401, 403}
    async with world.sessions.begin() as session:
        from storage.models import User
        from storage.repositories import users

        row = await session.get(User, ann.id)
        if row is not None:
            await users.remove(session, row)
        assert await session.get(Credential, ann.id) is None


async def test_where_a_password_is_changed(browser) -> None:
    answer = await browser.client.get("https://gateway.example/.well-known/change-password")
    assert (answer.status_code, answer.headers["location"]) == (302, "/console/profile")


async def test_expired_things_are_removed(browser, person, world: World) -> None:
    from admin.background.identity import clean
    from storage.models import Attempt, Code, Session

    await person()
    await browser.login()
    await browser.post("/login", {"login": "ann", "password": "wrong"})
    world.now += 40 * 86400

    class Run:
        services = world.services()

    await clean(Run())  # type: ignore[arg-type]  # only the services are used
    async with world.sessions() as session:
        from sqlalchemy import func, select

        for table in (Attempt, Code, Session):
            assert await session.scalar(select(func.count()).select_from(table)) == 0
