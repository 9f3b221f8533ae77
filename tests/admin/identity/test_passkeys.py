"""Passkeys: whole ceremonies with a software authenticator, and each thing that has to be refused."""

import copy
from typing import Any

import pytest

from admin.options.identity import Identity
from admin.options.network import Network
from storage.models import Credential
from tests.admin.conftest import World
from tests.admin.identity.authenticator import Authenticator, decode, encode
from tests.admin.identity.conftest import Browser


async def add(browser: Browser, device: Authenticator, name: str = "Ann's laptop") -> Any:
    asked = await browser.ok("POST", "/me/passkeys/options")
    made = device.create(asked["options"])
    return await browser.ok("POST", "/me/passkeys", {"ticket": asked["ticket"], "name": name, "credential": made}, 201)


async def challenge(browser: Browser, ticket: str | None = None) -> Any:
    return await browser.ok("POST", "/login/passkey/options", {"ticket": ticket})


@pytest.fixture
async def device(browser, person) -> Authenticator:
    """Ann's, with one passkey; she has signed in by password."""
    await person()
    await browser.login()
    device = Authenticator()
    await add(browser, device)
    return device


async def test_add_use_list_rename_remove(browser, browsers, device, world, refused) -> None:
    (before,) = (await browser.ok("GET", "/me/passkeys"))["items"]
    assert before["used_at"] is None
    elsewhere = browsers(ip="203.0.113.5")
    asked = await challenge(elsewhere)
    assert asked["options"]["userVerification"] == "required"
    assert asked["options"]["allowCredentials"] == []
    signed_in = await elsewhere.ok(
        "POST", "/login/passkey", {"ticket": asked["ticket"], "credential": device.get(asked["options"])}
    )
    assert signed_in["name"] == "ann"
    elsewhere.trust(signed_in)
    (shown,) = (await elsewhere.ok("GET", "/me/passkeys"))["items"]
    assert (shown["name"], shown["rp_id"], shown["backed_up"]) == ("Ann's laptop", "gateway.example", False)
    assert shown["used_at"] is not None
    methods = [one["method"] for one in (await elsewhere.ok("GET", "/me/sessions"))["items"]]
    assert methods == ["passkey", "password"]
    renamed = await elsewhere.ok("PATCH", f"/me/passkeys/{shown['id']}", {"name": "Key"})
    assert renamed["name"] == "Key"
    # Signing in with it is no edit, another name is one.
    assert shown["etag"] == before["etag"] != renamed["etag"]
    for method, body in (("PATCH", {"name": "mine"}), ("DELETE", None)):
        refused(await elsewhere.call(method, f"/me/passkeys/{shown['id']}", body, if_match=shown["etag"]), 412)
    await elsewhere.ok("DELETE", f"/me/passkeys/{shown['id']}", status=204)
    asked = await challenge(elsewhere)
    answer = await elsewhere.post(
        "/login/passkey", {"ticket": asked["ticket"], "credential": device.get(asked["options"])}
    )
    assert answer.status_code == 401


async def test_a_device_is_not_added_twice(browser, device) -> None:
    asked = await browser.ok("POST", "/me/passkeys/options")
    assert [decode(item["id"]) for item in asked["options"]["excludeCredentials"]] == [device.keys[0].id]
    with pytest.raises(AssertionError, match="InvalidStateError"):
        device.create(asked["options"])
    fresh = Authenticator()
    made = fresh.create(asked["options"])
    body = {"ticket": asked["ticket"], "name": "b", "credential": made}
    await browser.ok("POST", "/me/passkeys", body, 201)
    assert (await browser.post("/me/passkeys", body)).status_code == 401  # a challenge is good once


async def test_synchronised_passkeys_do_not_count(browser, browsers, device) -> None:
    phone = Authenticator(counts=False)
    await add(browser, phone, "Phone")
    for _ in range(3):
        asked = await challenge(browsers())
        await browsers().ok(
            "POST", "/login/passkey", {"ticket": asked["ticket"], "credential": phone.get(asked["options"])}
        )


def _other_origin(device: Authenticator, options: Any) -> Any:
    device.origin = "https://gateway.example.evil.test"
    return device.get(options)


def _other_challenge(device: Authenticator, options: Any) -> Any:
    return device.use(device.keys[0], encode(b"x" * 64))


def _registration(device: Authenticator, options: Any) -> Any:
    return device.use(device.keys[0], options["challenge"], kind="webauthn.create")


def _unverified(device: Authenticator, options: Any) -> Any:
    device.verifies = False
    return device.get(options)


def _counter_back(device: Authenticator, options: Any) -> Any:
    device.keys[0].count = -1 + 0
    device.counts = False
    device.keys[0].count = 0
    return device.get(options)


def _tampered(device: Authenticator, options: Any) -> Any:
    made = device.get(options)
    signature = bytearray(decode(made["response"]["signature"]))
    signature[-1] ^= 1
    made["response"]["signature"] = encode(bytes(signature))
    return made


def _other_user(device: Authenticator, options: Any) -> Any:
    made = device.get(options)
    made["response"]["userHandle"] = encode(b"y" * 32)
    return made


def _unknown(device: Authenticator, options: Any) -> Any:
    made = device.get(options)
    made["id"] = made["rawId"] = encode(b"z" * 32)
    return made


@pytest.mark.parametrize(
    "cheat",
    [_other_origin, _other_challenge, _registration, _unverified, _counter_back, _tampered, _other_user, _unknown],
)
async def test_what_is_refused(browser, browsers, device, refused, cheat) -> None:
    first = await challenge(browsers())
    stranger = browsers()
    await stranger.ok("POST", "/login/passkey", {"ticket": first["ticket"], "credential": device.get(first["options"])})
    asked = await challenge(browsers())
    made = cheat(device, asked["options"])
    answer = await browsers().post("/login/passkey", {"ticket": asked["ticket"], "credential": made})
    assert refused(answer, 401)["type"].endswith("not-proved")


async def test_a_challenge_is_good_for_one_answer(browsers, device, refused) -> None:
    asked = await challenge(browsers())
    bad = copy.deepcopy(device.get(asked["options"]))
    bad["response"]["signature"] = encode(b"nothing")
    refused(await browsers().post("/login/passkey", {"ticket": asked["ticket"], "credential": bad}), 401)
    good = {"ticket": asked["ticket"], "credential": device.get(asked["options"])}
    assert refused(await browsers().post("/login/passkey", good), 401)["type"].endswith("login-expired")


async def test_a_challenge_grows_old(browsers, device, world, refused) -> None:
    asked = await challenge(browsers())
    world.now += 301
    answer = await browsers().post(
        "/login/passkey", {"ticket": asked["ticket"], "credential": device.get(asked["options"])}
    )
    refused(answer, 401)


async def test_a_first_password_after_a_passkey(browser, browsers, device, world: World, refused) -> None:
    async with world.sessions.begin() as session:
        (await session.get_one(Credential, 1)).password = None
    other = browsers()
    asked = await challenge(other)
    body = {"ticket": asked["ticket"], "credential": device.get(asked["options"])}
    other.trust(await other.ok("POST", "/login/passkey", body))
    world.now += 601
    new = {"password": "entirely other elephants"}
    assert refused(await other.call("PUT", "/me/password", new), 403)["type"].endswith("step-up-needed")
    asked = await other.ok("POST", "/me/step-up/passkey")
    await other.ok("POST", "/me/step-up", {"ticket": asked["ticket"], "credential": device.get(asked["options"])})
    await other.ok("PUT", "/me/password", new, 204)
    await browsers().login("ann", new["password"])


async def test_a_challenge_for_one_thing_is_not_good_for_another(browser, device, refused) -> None:
    asked = await browser.ok("POST", "/me/step-up/passkey")
    body = {"ticket": asked["ticket"], "credential": device.get(asked["options"])}
    refused(await browser.post("/login/passkey", body), 401)


async def test_proof_by_passkey(browser, device, world, refused) -> None:
    world.now += 601
    assert refused(await browser.post("/me/totp"), 403)["type"].endswith("step-up-needed")
    assert (await browser.ok("GET", "/me/step-up"))["methods"] == ["passkey"]
    answer = await browser.post("/me/step-up", {"password": "plenty of purple hippos"})
    assert refused(answer, 403)["type"].endswith("other-proof-needed")
    asked = await browser.ok("POST", "/me/step-up/passkey")
    await browser.ok("POST", "/me/step-up", {"ticket": asked["ticket"], "credential": device.get(asked["options"])})
    await browser.ok("POST", "/me/totp")


async def test_the_passkey_of_somebody_else_proves_nothing(browser, browsers, person, device, world, refused) -> None:
    await person("bob")
    bob, bobs = browsers(), Authenticator()
    await bob.login("bob")
    await add(bob, bobs, "Bob's")
    world.now += 601
    asked = await bob.ok("POST", "/me/step-up/passkey")
    stolen = device.use(device.keys[0], asked["options"]["challenge"])
    refused(await bob.post("/me/step-up", {"ticket": asked["ticket"], "credential": stolen}), 401)
    # Nor is it theirs to rename or remove.
    (mine,) = (await browser.ok("GET", "/me/passkeys"))["items"]
    refused(await bob.call("PATCH", f"/me/passkeys/{mine['id']}", {"name": "x"}), 404)


async def test_registration_that_is_refused(browser, device, refused) -> None:
    for spoil in ("origin", "challenge", "cut", "empty", "large"):
        asked = await browser.ok("POST", "/me/passkeys/options")
        fresh = Authenticator(origin="https://evil.test" if spoil == "origin" else "https://gateway.example")
        if spoil == "challenge":
            asked["options"]["challenge"] = encode(b"other" * 8)
        made = fresh.create(asked["options"])
        if spoil == "cut":
            made["response"]["attestationObject"] = made["response"]["attestationObject"][:80]
        if spoil == "large":
            made["extra"] = "x" * 40000
        if spoil == "empty":
            made = {}
        answer = await browser.post("/me/passkeys", {"ticket": asked["ticket"], "name": "x", "credential": made})
        refused(answer, 422)


async def test_the_configured_address_is_whom_passkeys_are_for(browser, person, set_options) -> None:
    await set_options(Network, public_url="https://ai.example.org")
    await person()
    await browser.login()
    device = Authenticator(origin="https://ai.example.org")
    assert (await add(browser, device))["rp_id"] == "ai.example.org"


async def test_passkeys_can_be_switched_off(browser, device, set_options, refused) -> None:
    await set_options(Identity, passkeys=False)
    refused(await browser.post("/login/passkey/options", {}), 403)
    refused(await browser.post("/me/passkeys/options"), 403)
