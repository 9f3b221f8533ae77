"""People, groups and the log of changes on a real PostgreSQL and a real MariaDB; two roots at the same moment."""

import asyncio

import httpx
import pytest

from storage import crypto
from storage.database import open_engine, session_factory
from tests.admin.authorization.conftest import Cast, may
from tests.admin.services import application, make_services


@pytest.mark.parametrize("server", ["postgres", "mysql"])
async def test_on_a_server(server: str, request: pytest.FixtureRequest, cast: Cast) -> None:
    url: str = request.getfixturevalue(f"migrated_{server}")
    engine = open_engine(url)
    app = application(make_services(session_factory(engine), crypto.SecretBox(b"k" * 32)), "server")
    app.state.identify = cast.identify
    cast.add("root", may("root"))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x/api/v1") as client:

        async def ok(
            method: str, path: str, body: object = None, who: str = "root", status: int = 200
        ) -> httpx.Response:
            answer = await client.request(method, path, json=body, headers={"x-as": who})
            assert answer.status_code == status, f"{method} {path}: {answer.text}"
            return answer

        home = (await ok("POST", "/organisations", {"name": "acme", "groups": ["vip"]}, status=201)).json()
        for name in ("ann", "bob"):
            body = {"name": name, "organisation": "acme", "email": f"{name}@example.com", "role": "root"}
            made = (await ok("POST", "/users", body, status=201)).json()
        member = {"user_id": made["id"], "organisation_id": home["id"]}
        cast.add("boss", may(inside="admin"), **member)
        cast.add("member", may(), **member)
        team = (await ok("POST", "/teams", {"name": "t", "organisation": "acme"}, status=201)).json()["id"]
        await ok("PUT", f"/teams/{team}/members/bob", status=204)
        await ok("POST", "/roles", {"name": "r", "permissions": ["keys.read"]}, status=201)
        await ok("POST", "/tokens", {"name": "t", "scopes": ["users.*"], "service": True}, status=201)
        await ok("PUT", "/groups/vip", {"models": ["gpt-*"], "usable_by": ["*"]})
        await ok("PUT", "/groups/auto", {"order": ["vip"]})
        await ok("POST", "/budgets", {"scope": "user", "owner": "bob", "period": "day", "amount": "1"}, status=201)
        limit = {"name": "l", "metric": "requests", "window": "minute", "amount": 5, "match": {"user": "bob"}}
        await ok("PUT", "/limits", limit)
        await ok("PATCH", "/settings/mail", {"host": "smtp.example.com", "password": "secret"})
        await ok(
            "POST",
            "/announcements",
            {"kind": "notice", "title": "t", "visible_from": "2020-01-01T00:00:00Z"},
            status=201,
        )
        for who, counts in (
            ("root", {"users": 2, "teams": 1, "budgets": 1, "limits": 1, "accounts": 3, "tokens": 1, "groups": 1}),
            ("boss", {"users": 2, "teams": 1, "budgets": 1, "limits": 1, "accounts": 3, "tokens": 0, "groups": 3}),
            ("member", {"users": 1, "teams": 1, "budgets": 1, "limits": 1, "accounts": 1, "tokens": 0, "groups": 3}),
        ):
            for noun, count in counts.items():
                assert len((await ok("GET", f"/{noun}", who=who)).json()["items"]) == count, f"{who} {noun}"
        page = (await ok("GET", "/users?sort=-created_at&limit=1&q=EXAMPLE")).json()
        rest = (await ok("GET", f"/users?sort=-created_at&limit=1&q=EXAMPLE&cursor={page['next']}")).json()
        assert [page["items"][0]["name"], rest["items"][0]["name"]] == ["bob", "ann"]
        assert len((await ok("GET", "/audit?action=users.&q=ann", who="boss")).json()["items"]) == 1
        assert len((await ok("GET", "/announcements", who="member")).json()["items"]) == 1
        demoted = await asyncio.gather(
            *(
                client.patch(f"/users/{name}", json={"role": "member"}, headers={"x-as": "root"})
                for name in ("ann", "bob")
            )
        )
        assert sorted(answer.status_code for answer in demoted) == [200, 409]
    await engine.dispose()
