"""Authenticator app and recovery codes: setting up, using, replaying, guessing, losing."""

import pyotp
import pytest

from admin.identity import totp
from storage.models import Credential
from tests.admin.conftest import World
from tests.admin.identity.authenticator import Authenticator
from tests.admin.identity.conftest import PASSWORD, Browser


class App:
    """An authenticator app, with a clock of its own."""

    def __init__(self, secret: str, world: World) -> None:
        self.totp, self.world = pyotp.TOTP(secret), world

    def code(self, shift_s: int = 0) -> str:
        return self.totp.at(self.world.now + shift_s)


@pytest.fixture
async def app_of_ann(browser, person, world: World) -> tuple[App, list[str]]:
    """The app and the recovery codes; Ann is signed in."""
    world.now -= world.now % 30
    await person()
    await browser.login()
    made = await browser.ok("POST", "/me/totp")
    assert made["address"].startswith("otpauth://totp/LLM%20gateway:ann?secret=")
    assert made["qr_svg"].startswith("<svg")
    app = App(made["secret"], world)
    codes = (await browser.ok("POST", "/me/totp/confirm", {"code": app.code()}))["codes"]
    assert len(set(codes)) == 10
    world.now += 30
    return app, codes


async def begin(browser: Browser) -> str:
    found = await browser.login()
    assert found["signed_in"] is None
    assert not browser.cookie
    ticket: str = found["second_step"]["ticket"]
    return ticket


async def test_two_steps(browsers, app_of_ann, world) -> None:
    app, _codes = app_of_ann
    browser = browsers()
    found = await browser.login()
    assert found["second_step"]["methods"] == ["totp", "recovery"]
    body = {"ticket": found["second_step"]["ticket"], "code": app.code()}
    browser.trust(await browser.ok("POST", "/login/code", body))
    assert (await browser.ok("GET", "/me"))["totp"] is True
    assert (await browser.ok("GET", "/me/sessions"))["items"][0]["method"] == "password+totp"
    assert (await browser.post("/login/code", body)).status_code == 401


async def test_a_code_is_good_once(browsers, app_of_ann, world, refused) -> None:
    app, _ = app_of_ann
    first, second = browsers(), browsers()
    code = app.code()
    await first.ok("POST", "/login/code", {"ticket": await begin(first), "code": code})
    ticket = await begin(second)
    assert refused(await second.post("/login/code", {"ticket": ticket, "code": code}), 401)["type"].endswith(
        "wrong-code"
    )
    refused(await second.post("/login/code", {"ticket": ticket, "code": app.code(-30)}), 401)  # an older one neither
    await second.ok("POST", "/login/code", {"ticket": ticket, "code": app.code(30)})


async def test_clocks_may_be_off_by_half_a_minute(browsers, app_of_ann, world, refused) -> None:
    app, _ = app_of_ann
    world.now += 300
    for shift, status in ((-60, 401), (-30, 200), (0, 200), (30, 200), (90, 401)):
        browser = browsers()
        answer = await browser.post("/login/code", {"ticket": await begin(browser), "code": app.code(shift)})
        assert answer.status_code == status, shift


async def test_guessing_codes_is_slowed_down(browsers, app_of_ann, world, refused) -> None:
    app, codes = app_of_ann
    browser = browsers()
    ticket = await begin(browser)
    for guess in ("000000", "111111", "abcdef", "1234567", codes[0][:-1] + "?"):
        refused(await browser.post("/login/code", {"ticket": ticket, "code": guess}), 401)
    answer = await browser.post("/login/code", {"ticket": ticket, "code": app.code()})
    assert refused(answer, 429)
    assert answer.headers["retry-after"] == "900"
    # Another ticket from another address is of no help: what is counted is the account.
    other = browsers(ip="203.0.113.8")
    refused(await other.post("/login/code", {"ticket": await begin(other), "code": codes[1]}), 429)
    world.now += 901
    ticket = await begin(other)
    await other.ok("POST", "/login/code", {"ticket": ticket, "code": codes[1]})


async def test_recovery_codes(browser, browsers, app_of_ann, refused) -> None:
    _, codes = app_of_ann
    other = browsers()
    written = codes[3].upper().replace("-", " ")
    other.trust(await other.ok("POST", "/login/code", {"ticket": await begin(other), "code": written}))
    assert (await other.ok("GET", "/me"))["recovery_codes"] == 9
    again = browsers()
    refused(await again.post("/login/code", {"ticket": await begin(again), "code": codes[3]}), 401)
    fresh = (await other.ok("POST", "/me/recovery-codes"))["codes"]
    refused(await again.post("/login/code", {"ticket": await begin(again), "code": codes[4]}), 401)
    await again.ok("POST", "/login/code", {"ticket": await begin(again), "code": fresh[0]})


async def test_a_passkey_as_the_second_step(browser, browsers, app_of_ann) -> None:
    device = Authenticator(verifies=False)
    asked = await browser.ok("POST", "/me/passkeys/options")
    made = device.create(asked["options"])
    await browser.ok("POST", "/me/passkeys", {"ticket": asked["ticket"], "name": "Key", "credential": made}, 201)
    other = browsers()
    found = await other.login()
    assert "passkey" in found["second_step"]["methods"]
    asked = await other.ok("POST", "/login/passkey/options", {"ticket": found["second_step"]["ticket"]})
    assert len(asked["options"]["allowCredentials"]) == 1
    body = {"ticket": asked["ticket"], "credential": device.get(asked["options"])}
    other.trust(await other.ok("POST", "/login/passkey", body))
    assert (await other.ok("GET", "/me/sessions"))["items"][0]["method"] == "password+passkey"


async def test_tickets_grow_old_and_end_with_the_password(browser, browsers, app_of_ann, world, refused) -> None:
    app, _ = app_of_ann
    late, changed = browsers(), browsers()
    ticket = await begin(late)
    world.now += 301
    assert refused(await late.post("/login/code", {"ticket": ticket, "code": app.code()}), 401)["type"].endswith(
        "login-expired"
    )
    ticket = await begin(changed)
    await browser.ok("PUT", "/me/password", {"current": PASSWORD, "password": "entirely other elephants"}, 204)
    refused(await changed.post("/login/code", {"ticket": ticket, "code": app.code()}), 401)


async def test_the_secret_is_sealed(app_of_ann, world: World) -> None:
    app, _ = app_of_ann
    async with world.sessions() as session:
        row = await session.get_one(Credential, 1)
    assert row.totp is not None
    assert app.totp.secret.encode() not in row.totp
    assert world.box.open(row.totp, "totp:1") == app.totp.secret


async def test_setting_up_and_removing_need_a_second_check(browser, app_of_ann, world, refused) -> None:
    app, _codes = app_of_ann
    refused(await browser.post("/me/totp"), 409)
    world.now += 700
    for method, path in (("DELETE", "/me/totp"), ("POST", "/me/recovery-codes"), ("POST", "/me/email")):
        body = {"email": "a@example.com"} if path == "/me/email" else None
        assert refused(await browser.call(method, path, body), 403)["type"].endswith("step-up-needed")
    refused(await browser.post("/me/step-up", {"password": PASSWORD}), 403)
    refused(await browser.post("/me/step-up", {"code": "000000"}), 401)
    refused(await browser.post("/me/step-up", {}), 422)
    await browser.ok("POST", "/me/step-up", {"code": app.code()})
    await browser.ok("DELETE", "/me/totp", status=204)
    assert (await browser.ok("GET", "/me"))["recovery_codes"] == 0
    await browser.login()
    assert browser.cookie


async def test_a_wrong_first_code_switches_nothing_on(browser, person, refused) -> None:
    await person()
    await browser.login()
    refused(await browser.post("/me/totp/confirm", {"code": "123456"}), 409)
    await browser.ok("POST", "/me/totp")
    refused(await browser.post("/me/totp/confirm", {"code": "000000"}), 422)
    assert (await browser.ok("GET", "/me"))["totp"] is False
    assert (await browser.login())["signed_in"]


def test_steps() -> None:
    # RFC 6238, appendix B: SHA-1, the last six of the eight digits.
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert totp.step_of(secret, "287082", now=59) == 1
    assert totp.step_of(secret, "081 804", now=1111111109) == 37037036
    assert totp.step_of(secret, "٢٨٧٠٨٢", now=59) is None


async def test_operators_help_who_has_lost_everything(browser, browsers, person, app_of_ann, refused) -> None:
    await person("adam", role="admin")
    adam = browsers()
    await adam.login("adam")
    shown = await adam.ok("GET", "/users/ann/credentials")
    assert (shown["totp"], shown["recovery_codes"]) == (True, 10)
    shown = await adam.ok("DELETE", "/users/ann/second-factors")
    assert (shown["totp"], shown["recovery_codes"], shown["has_password"]) == (False, 0, True)
    assert (await browser.get("/me")).status_code == 401
    assert (await browser.login())["signed_in"]
