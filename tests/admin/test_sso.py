"""Signing in elsewhere: with a real OpenID provider in this process (signed tokens, PKCE), and with forged answers."""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from admin.federation import begin
from admin.federation.begin import own_path
from admin.federation.oidc import Discovery
from admin.federation.profile import Profile, granted, holds, refusal
from admin.federation.settings import Grant, Oidc, Rule
from storage.models import Credential, User
from storage.repositories import credentials, users
from tests.admin.services import application

ISSUER = "https://login.example"
BASE = "http://gateway.example"


class Provider:
    """An OpenID provider and an OAuth one, spoken to over HTTP. `claims` and `spoil` change what it says."""

    def __init__(self, now: int) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig", "alg": "ES256"})
        self.now = now
        self.claims: dict[str, Any] = {"sub": "s-1", "preferred_username": "ann", "email": "Ann@Example.com",
                                       "email_verified": True, "groups": ["staff"]}  # fmt: skip
        self.spoil: dict[str, Any] = {}
        self.user: dict[str, Any] = {"id": 7, "login": "octo", "username": "ann", "trust_level": 2}
        self.codes: dict[str, dict[str, str]] = {}
        self.sign_with: Any = None
        self.header: dict[str, Any] = {"alg": "ES256", "kid": "k1"}

    def approve(self, url: str) -> dict[str, str]:
        """What the browser brings back from the provider's page."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return {"code": code, "state": query["state"]}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/.well-known/openid-configuration":
            return httpx.Response(200, json={
                "issuer": self.spoil.get("document_issuer", ISSUER), "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token", "jwks_uri": f"{ISSUER}/keys", "userinfo_endpoint": f"{ISSUER}/me",
                "authorization_response_iss_parameter_supported": self.spoil.get("names_issuer", False),
            })  # fmt: skip
        if path == "/keys":
            return httpx.Response(200, json={"keys": [self.key.as_dict(private=False)]})
        if path in ("/token", "/login/oauth/access_token", "/oauth2/token"):
            return self._token(request)
        if path == "/me":
            return httpx.Response(200, json={"sub": self.spoil.get("userinfo_sub", self.claims["sub"]), "more": 1})
        if path == "/user/emails":
            return httpx.Response(200, json=[{"email": "octo@example.com", "primary": True, "verified": True}])
        if path == "/api/wechat/user":
            good = request.url.params["code"] == "good" and request.headers["authorization"] == "s3cret"
            return httpx.Response(200, json={"success": good, "data": "wx-1" if good else ""})
        return httpx.Response(200, json=self.user)

    def _token(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or form["redirect_uri"] != asked["redirect_uri"]:
            return httpx.Response(400, json={"error": "invalid_grant"})
        made = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode()
        if asked.get("code_challenge") and made.rstrip("=") != asked["code_challenge"]:
            return httpx.Response(400, json={"error": "invalid_grant"})
        claims = {"iss": ISSUER, "aud": "gateway", "exp": self.now + 300, "iat": self.now, "nonce": asked.get("nonce"),
                  **self.claims, **self.spoil.get("claims", {})}  # fmt: skip
        token = jwt.encode(self.header, claims, self.sign_with or self.key, algorithms=["ES256", "HS256"])
        return httpx.Response(200, json={"access_token": "at", "token_type": "Bearer", "id_token": token})


@pytest.fixture
def provider(world, monkeypatch: pytest.MonkeyPatch) -> Provider:
    made = Provider(world.now)
    world.http = httpx.AsyncClient(transport=httpx.MockTransport(made))
    monkeypatch.setattr(begin, "discovery", Discovery())
    monkeypatch.setattr("admin.federation.finish.discovery", begin.discovery)
    return made


@pytest.fixture
def app(world, provider: Provider) -> FastAPI:
    return application(world.services())


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a session."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as client:
        yield client


async def add(api: httpx.AsyncClient, kind: str = "oidc", secret: str = "s3cret", **settings: Any) -> None:
    usual: dict[str, Any] = {"issuer": ISSUER} if kind == "oidc" else {}
    if kind not in ("telegram", "wechat"):
        usual["client_id"] = "gateway"
    body = {"slug": kind, "kind": kind, "title": "Company", "settings": {**usual, **settings}, "secret": secret}
    answer = await api.post("/identity-providers", json=body)
    assert answer.status_code == 201, answer.text
    assert secret not in answer.text
    assert answer.json()["callback_url"] == f"{BASE}/api/v1/sso/{kind}/callback"


async def go(browser: httpx.AsyncClient, provider: Provider, kind: str = "oidc", **more: str) -> httpx.Response:
    """Through the login; the answer of the callback."""
    begun = await browser.get(f"/api/v1/sso/{kind}/start", params={"next": "/console/keys"})
    assert begun.status_code == 303, begun.text
    back = provider.approve(begun.headers["location"])
    return await browser.get(f"/api/v1/sso/{kind}/callback", params={**back, **more})


def problem(answer: httpx.Response) -> str:
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/console/login?problem=")
    assert not [each for each in answer.headers.get_list("set-cookie") if each.startswith("gateway-session=")]
    return answer.headers["location"].partition("=")[2]


async def me(browser: httpx.AsyncClient) -> dict[str, Any]:
    answer = await browser.get("/api/v1/me")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_login_makes_an_account_once(api, browser, provider: Provider, world) -> None:
    await add(api, create=True, grants=[{"value": "staff", "group": "vip", "role": "viewer"}])
    listed = (await browser.get("/api/v1/sso")).json()["items"]
    assert listed == [
        {
            "slug": "oidc",
            "kind": "oidc",
            "title": "Company",
            "start": "/api/v1/sso/oidc/start",
            "bot_name": "",
            "qr_code_url": "",
        }
    ]
    answer = await go(browser, provider)
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/keys")
    mine = await me(browser)
    assert (mine["name"], mine["email"], mine["email_verified"], mine["role"]) == (
        "ann",
        "ann@example.com",
        True,
        "viewer",
    )
    again = await go(browser, provider)
    assert again.headers["location"] == "/console/keys"
    assert (await me(browser))["id"] == mine["id"]
    links = (await browser.get("/api/v1/me/identities")).json()["items"]
    assert [(each["provider"], each["email"]) for each in links] == [("oidc", "ann@example.com")]
    provider.claims["groups"] = ["other"]
    provider.claims["sub"] = "s-2"
    await go(browser, provider)
    other = await me(browser)
    assert other["id"] != mine["id"]
    assert other["name"].startswith("ann-")
    assert (other["role"], other["email"]) == ("member", None)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        ({"claims": {"nonce": "other"}}, "provider-away"),
        ({"claims": {"iss": "https://evil.example"}}, "provider-away"),
        ({"claims": {"aud": "other"}}, "provider-away"),
        ({"claims": {"aud": ["gateway", "other"]}}, "provider-away"),
        ({"claims": {"azp": "other"}}, "provider-away"),
        ({"claims": {"exp": 1}}, "provider-away"),
        ({"claims": {"exp": None}}, "provider-away"),
        ({"claims": {"iat": 9_999_999_999}}, "provider-away"),
        ({"claims": {"sub": ""}, "userinfo_sub": ""}, "provider-unfit"),
        ({"claims": {"sub": "x" * 300}, "userinfo_sub": "x" * 300}, "provider-unfit"),
        ({"userinfo_sub": "somebody else"}, "provider-away"),
        ({"names_issuer": True}, "provider-away"),
        ({"document_issuer": "https://evil.example"}, None),
    ],
)
async def test_forged_answers(api, browser, provider: Provider, spoil: dict[str, Any], told: str | None) -> None:
    await add(api, create=True)
    provider.spoil = spoil
    if told is None:
        assert (await browser.get("/api/v1/sso/oidc/start")).status_code == 502
        return
    assert problem(await go(browser, provider)) == told
    assert (await browser.get("/api/v1/me")).status_code == 401


async def test_tokens_that_others_signed(api, browser, provider: Provider) -> None:
    await add(api, create=True)
    provider.sign_with = ECKey.generate_key("P-256", {"kid": "k1"})
    assert problem(await go(browser, provider)) == "provider-away"
    # The public key as a shared secret: the confusion that lists of algorithms are for.
    provider.sign_with = OctKey.import_key(msgspec.json.encode(provider.key.as_dict(private=False)).decode())
    provider.header = {"alg": "HS256", "kid": "k1"}
    assert problem(await go(browser, provider)) == "provider-away"


async def test_a_state_is_for_one_browser_one_provider_and_once(api, app, browser, provider: Provider, world) -> None:
    await add(api, create=True)
    await add(api, "github", create=True)
    begun = await browser.get("/api/v1/sso/oidc/start")
    cookie = begun.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    back = provider.approve(begun.headers["location"])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as victim:
        assert problem(await victim.get("/api/v1/sso/oidc/callback", params=back)) == "login-expired"
    begun = await browser.get("/api/v1/sso/oidc/start")
    back = provider.approve(begun.headers["location"])
    saved = dict(browser.cookies)
    assert problem(await browser.get("/api/v1/sso/github/callback", params=back)) == "login-expired"
    browser.cookies.update(saved)
    assert problem(await browser.get("/api/v1/sso/oidc/callback", params=back)) == "login-expired"  # used up
    begun = await browser.get("/api/v1/sso/oidc/start")
    back = provider.approve(begun.headers["location"])
    world.now += begin.STATE_S + 1
    assert problem(await browser.get("/api/v1/sso/oidc/callback", params=back)) == "login-expired"
    assert problem(await browser.get("/api/v1/sso/oidc/callback")) == "login-expired"


async def test_pkce_and_refusals_of_the_provider(api, browser, provider: Provider) -> None:
    await add(api, create=True)
    begun = await browser.get("/api/v1/sso/oidc/start")
    query = parse_qs(urlsplit(begun.headers["location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [f"{BASE}/api/v1/sso/oidc/callback"]
    back = provider.approve(begun.headers["location"])
    provider.codes[back["code"]]["code_challenge"] = "of-another-login"
    assert problem(await browser.get("/api/v1/sso/oidc/callback", params=back)) == "provider-away"
    begun = await browser.get("/api/v1/sso/oidc/start")
    state = provider.approve(begun.headers["location"])["state"]
    refused = {"state": state, "error": "access_denied", "error_description": "<script>"}
    assert problem(await browser.get("/api/v1/sso/oidc/callback", params=refused)) == "provider-refused"


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("/console/keys?page=2", "/console/keys?page=2"), ("/console", "/console"), ("//evil.example", "/console"),
        ("https://evil.example/console", "/console"), ("/console\\@evil", "/console"), ("/\\evil", "/console"),
        ("/consolevil", "/console"), ("/console/\r\nset-cookie: x", "/console"), ("javascript:alert(1)", "/console"),
        ("/api/v1/logout", "/console"),
    ],
)  # fmt: skip
def test_no_login_leads_elsewhere(path: str, leads: str) -> None:
    assert own_path(path) == leads


async def test_without_an_account_and_by_address(api, browser, provider: Provider, world) -> None:
    await add(api)
    assert problem(await go(browser, provider)) == "no-account"
    async with world.sessions.begin() as session:
        user = await users.create(session, User(name="ann-here", email="ann@example.com", email_verified_at=0))
    await api.patch(
        "/identity-providers/oidc", json={"settings": {"issuer": ISSUER, "client_id": "gateway", "link_by_email": True}}
    )
    assert problem(await go(browser, provider)) == "no-account"  # not proved here
    async with world.sessions.begin() as session:
        row = await session.get_one(User, user.id)
        row.email_verified_at = world.now
    provider.claims["email_verified"] = False
    assert problem(await go(browser, provider)) == "no-account"  # not proved there
    provider.claims["email_verified"] = True
    assert (await go(browser, provider)).headers["location"] == "/console/keys"
    assert (await me(browser))["name"] == "ann-here"
    async with world.sessions.begin() as session:
        (await session.get_one(User, user.id)).enabled = False
    assert problem(await go(browser, provider)) == "account-locked"


async def test_linking_and_unlinking(api, browser, provider: Provider, world, refused) -> None:
    await add(api, create=True)
    await add(api, "github")
    await go(browser, provider)
    token = (await me(browser))["csrf_token"]
    headers = {"x-csrf-token": token}
    refused(await browser.post("/api/v1/me/identities/github", headers=headers), 403)  # no second check yet
    # The second check is a fresh login at the provider.
    begun = (await browser.post("/api/v1/me/step-up/sso/oidc", headers=headers)).json()
    assert parse_qs(urlsplit(begun["url"]).query)["prompt"] == ["login"]
    provider.spoil = {"claims": {"auth_time": world.now - 86_400}}
    back = provider.approve(begun["url"])
    assert problem(await browser.get("/api/v1/sso/oidc/callback", params=back)) == "provider-away"
    begun = (await browser.post("/api/v1/me/step-up/sso/oidc", headers=headers)).json()
    provider.spoil = {"claims": {"auth_time": world.now}}
    back = provider.approve(begun["url"])
    assert (await browser.get("/api/v1/sso/oidc/callback", params=back)).headers["location"] == "/console"
    begun = await browser.post("/api/v1/me/identities/github", headers=headers)
    assert begun.status_code == 200, begun.text
    back = provider.approve(begun.json()["url"])
    assert (await browser.get("/api/v1/sso/github/callback", params=back)).headers["location"] == "/console"
    links = (await browser.get("/api/v1/me/identities")).json()["items"]
    assert [(each["provider"], each["name"]) for each in links] == [("oidc", "ann"), ("github", "octo")]
    assert (await browser.delete(f"/api/v1/me/identities/{links[0]['id']}", headers=headers)).status_code == 204
    refused(await browser.delete(f"/api/v1/me/identities/{links[1]['id']}", headers=headers), 409)
    refused(await browser.delete("/api/v1/me/identities/999", headers=headers), 404)
    async with world.sessions() as session:
        assert await credentials.get(session, 1) is None


async def test_who_has_more_here_proves_it_by_that(api, browser, provider: Provider, world, refused) -> None:
    """A provider may wave a browser through that signed in there last week: only who has nothing else proves so."""
    await add(api, create=True)
    await go(browser, provider)
    headers = {"x-csrf-token": (await me(browser))["csrf_token"]}
    begun = (await browser.post("/api/v1/me/step-up/sso/oidc", headers=headers)).json()
    provider.spoil = {"claims": {"auth_time": world.now}}
    await browser.get("/api/v1/sso/oidc/callback", params=provider.approve(begun["url"]))
    (entry,) = (await api.get("/audit", params={"action": "sessions.step_up"})).json()["items"]
    assert [(change["field"], change["after"]) for change in entry["changes"]] == [("method", "sso:oidc")]
    async with world.sessions.begin() as session:
        session.add(Credential(user_id=(await me(browser))["id"], password="$argon2id$x", password_at=world.now))
    answer = refused(await browser.post("/api/v1/me/step-up/sso/oidc", headers=headers), 403)
    assert answer["type"].endswith("other-proof-needed")


async def test_an_account_that_is_linked_elsewhere(api, app, browser, provider: Provider, world) -> None:
    await add(api, create=True)
    await add(api, "github", create=True)
    await go(browser, provider, "github")
    first = (await me(browser))["id"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as other:
        await go(other, provider)
        headers = {"x-csrf-token": (await me(other))["csrf_token"]}
        begun = (await other.post("/api/v1/me/step-up/sso/oidc", headers=headers)).json()
        provider.spoil = {"claims": {"auth_time": world.now}}
        await other.get("/api/v1/sso/oidc/callback", params=provider.approve(begun["url"]))
        begun = (await other.post("/api/v1/me/identities/github", headers=headers)).json()
        answer = await other.get("/api/v1/sso/github/callback", params=provider.approve(begun["url"]))
        assert problem(answer) == "linked-elsewhere"
        assert (await me(other))["id"] != first


async def test_github_discord_and_linuxdo(api, browser, provider: Provider) -> None:
    await add(api, "github", create=True)
    await add(api, "linuxdo", create=True, min_trust_level=3)
    await add(api, "discord", create=True)
    assert (await go(browser, provider, "github")).headers["location"] == "/console/keys"
    mine = await me(browser)
    assert (mine["name"], mine["email"]) == ("octo", "octo@example.com")
    assert problem(await go(browser, provider, "linuxdo")) == "not-admitted"
    provider.user["trust_level"] = 3
    assert (await go(browser, provider, "linuxdo")).headers["location"] == "/console/keys"
    begun = await browser.get("/api/v1/sso/discord/start")
    assert begun.headers["location"].startswith("https://discord.com/oauth2/authorize?")


async def test_telegram(api, browser, world) -> None:
    await add(api, "telegram", secret="1:token", bot_name="gateway_bot", create=True)

    def signed(**fields: str) -> dict[str, str]:
        text = "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
        key = hashlib.sha256(b"1:token").digest()
        return {**fields, "hash": hmac.new(key, text.encode(), hashlib.sha256).hexdigest()}

    async def come(query: dict[str, str]) -> httpx.Response:
        state = (await browser.post("/api/v1/sso/telegram/begin")).json()["state"]
        answer: httpx.Response = await browser.get("/api/v1/sso/telegram/callback", params={**query, "state": state})
        return answer

    good = signed(id="77", username="tele", auth_date=str(world.now))
    assert (await come(good)).headers["location"] == "/console"
    assert (await me(browser))["name"] == "tele"
    browser.cookies.clear()
    assert problem(await come({**good, "id": "78"})) == "provider-away"
    assert problem(await come(signed(id="77", auth_date=str(world.now - 3600)))) == "provider-away"
    assert problem(await browser.get("/api/v1/sso/telegram/callback", params=good)) == "login-expired"


async def test_wechat(api, browser, refused) -> None:
    await add(api, "wechat", server_url="https://helper.example", create=True)
    state = (await browser.post("/api/v1/sso/wechat/begin")).json()["state"]
    refused(await browser.post("/api/v1/sso/wechat/code", json={"code": "bad", "state": state}), 502)
    state = (await browser.post("/api/v1/sso/wechat/begin")).json()["state"]
    done = await browser.post("/api/v1/sso/wechat/code", json={"code": "good", "state": state})
    assert done.json() == {"next": "/console"}
    assert (await me(browser))["name"].startswith("user")


async def test_what_is_no_provider(api, refused) -> None:
    for wrong in (
        {"kind": "oidc", "settings": {"client_id": "x"}},
        {"kind": "oidc", "settings": {"client_id": "x", "issuer": "ftp://x"}},
        {"kind": "oidc", "settings": {"client_id": "x", "issuer": ISSUER, "odd": 1}},
        {"kind": "github", "settings": {}},
        {"kind": "telegram", "settings": {"bot_name": "x y"}},
        {"kind": "dance", "settings": {}},
    ):
        refused(await api.post("/identity-providers", json={"slug": "sso", "title": "T", **wrong}), 422)
    await add(api)
    refused(await api.patch("/identity-providers/oidc", json={"settings": {"issuer": "x"}}), 422)
    assert (await api.delete("/identity-providers/oidc")).status_code == 204
    refused(await api.get("/identity-providers/oidc"), 404)


def test_rules_and_grants() -> None:
    claims = {"level": 3, "name": "ann", "orgs": [{"id": "a"}, {"id": "b"}], "tags": ["x"], "ok": True}
    cases = [
        ("eq", "name", "ann", True),
        ("ne", "name", "ann", False),
        ("gt", "level", 2, True),
        ("gte", "level", 4, False),
        ("lt", "level", 4, True),
        ("lte", "level", 2, False),
        ("in", "name", ["ann"], True),
        ("not_in", "name", ["ann"], False),
        ("contains", "tags", "x", True),
        ("not_contains", "tags", "x", False),
        ("exists", "orgs.1.id", None, True),
        ("not_exists", "orgs.2.id", None, True),
        ("gt", "missing", 1, False),
        ("ne", "missing", 1, True),
        ("gt", "ok", 0, False),
        ("gt", "name", 1, False),
    ]
    for op, path, value, wanted in cases:
        assert holds(Rule.model_validate({"path": path, "op": op, "value": value}), claims) is wanted, (op, path)
    settings = Oidc(
        issuer=ISSUER, client_id="x", domains=["Example.com"], grants=[Grant(path="tags", value="x", group="g")]
    )
    who = Profile("s", "ann", "ann@example.com", True, claims)
    assert refusal(settings, who) == ""
    assert refusal(settings, who._replace(email_verified=False))
    assert refusal(settings, who._replace(email="ann@example.org"))
    found = granted(settings, who)
    assert found is not None
    assert found.group == "g"
