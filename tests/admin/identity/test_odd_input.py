"""Input that a form never sends: half characters, numbers and nesting without end, words in place of objects."""

import itertools

from tests.admin.identity.conftest import PASSWORD, Browser

HALF = '"\\ud800"'
DEEP = "[" * 100_000 + "]" * 100_000
HUGE = "9" * 400


ODD = (HALF, DEEP, HUGE, '"a\\u0000b"', "1e999", "NaN", "true", "[]", "{}")
BODIES = (
    ("/login", '{"login": %s, "password": "x"}'),
    ("/login", '{"login": "ann", "password": %s}'),
    ("/login/code", '{"ticket": "xxxxxxxxxxxxxxxxxxxxxxx", "code": %s}'),
    ("/login/passkey", '{"ticket": "xxxxxxxxxxxxxxxxxxxxxxx", "credential": {"rawId": %s}}'),
    ("/password-reset", '{"email": %s}'),
    ("/setup", '{"token": %s, "name": "a", "password": "x"}'),
)


async def test_open_routes(browser: Browser) -> None:
    for odd, (path, body) in itertools.product(ODD, BODIES):
        content = (body % odd).encode()
        answer = await browser.client.post(path, content=content, headers={"content-type": "application/json"})
        assert 400 <= answer.status_code < 500, (path, odd[:20], answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_preferences(browser: Browser, person) -> None:
    await person()
    await browser.login("ann", PASSWORD)
    for odd in (HALF, DEEP, HUGE, "1e999", '"a\\u0000b"', "NaN"):
        content = b'{"preferences": {"x": %s}}' % odd.encode()
        answer = await browser.client.patch("/me", content=content, headers={"content-type": "application/json"})
        assert answer.status_code < 500, (odd[:20], answer.text)
        assert (await browser.get("/me")).status_code == 200
    for odd in (HALF, DEEP, HUGE):
        content = b'{"ticket": "xxxxxxxxxxxxxxxxxxxxxxx", "credential": {"rawId": %s}}' % odd.encode()
        answer = await browser.client.post("/me/step-up", content=content, headers={"content-type": "application/json"})
        assert 400 <= answer.status_code < 500


async def test_a_passkey_s_answer_of_any_shape(browser: Browser, person) -> None:
    await person()
    await browser.login("ann", PASSWORD)
    for credential in (
        {"id": "x", "rawId": "x", "type": "public-key", "response": {}},
        {"id": 1, "rawId": "eA", "response": []},
        {
            "rawId": "eA",
            "response": {"userHandle": 7, "clientDataJSON": "e30", "authenticatorData": "", "signature": ""},
        },
        {"rawId": None},
        {"rawId": "!!!"},
    ):
        asked = await browser.ok("POST", "/login/passkey/options", {})
        answer = await browser.post("/login/passkey", {"ticket": asked["ticket"], "credential": credential})
        assert answer.status_code in {401, 422}, answer.text
        asked = await browser.ok("POST", "/me/passkeys/options")
        body = {"ticket": asked["ticket"], "name": "x", "credential": credential}
        assert (await browser.post("/me/passkeys", body)).status_code == 422
