"""Request logs over the API: what is found, who sees what of it, files, a request in full."""

import httpx
import pytest
from sqlalchemy import select

from storage import crypto, ledger
from storage.models import AuditEntry, AutomationToken, Key, Organisation, User
from storage.pricing import Counted, CountedExtra, PriceEntry, Tariff, rate
from storage.records import UsageRecord
from storage.repositories import usage

START = 1_800_000_000_000_000
HOUR = 3_600_000_000


@pytest.fixture
async def people(api, world, make_channel) -> dict[str, int]:
    """ann and bob of acme, eve of nobody; each has a key; six requests."""
    channel = await make_channel()
    async with world.sessions.begin() as session:
        acme = Organisation(name="acme")
        session.add(acme)
        await session.flush()
        found = {"acme": acme.id, "channel": channel["id"]}
        for name, home, role in (("ann", acme.id, "admin"), ("bob", acme.id, "member"), ("eve", None, None)):
            user = User(name=name, organisation_id=home, organisation_role=role)
            session.add(user)
            await session.flush()
            key = Key(name=f"{name}-key", digest=crypto.digest(f"sk-gw-{name}"), user_id=user.id)
            session.add(key)
            await session.flush()
            found[name] = user.id
            found[f"{name}-key"] = key.id
            token = AutomationToken(
                name=name, digest=crypto.digest(f"gwt-{name}"), hint="", user_id=user.id, scopes=["*"]
            )
            session.add(token)
        records = [
            UsageRecord(
                request_id=f"req_{number}", started_at=START + number * HOUR, key_id=found[f"{name}-key"],
                user_id=found[name], organisation_id=acme.id if name != "eve" else 0, channel_id=channel["id"],
                provider="openai", operation="chat", model="gpt-5", upstream_model="gpt-5-internal", status=status,
                end="complete" if status == 200 else "upstream_error", error="" if status == 200 else "upstream_error",
                error_text="" if status == 200 else "=The provider said no.", cost=100 - number, provider_cost=50,
                input_tokens=100, cached_tokens=25, upstream_request_id=f"up{number}", queue_us=10, first_byte_us=20,
                first_token_us=30, total_us=40, attempts=2 if status == 200 else 1, client_protocol="chat",
                attempt_log=f'[[{channel["id"]},"upstream_error",7],[{channel["id"]},"ok",9]]' if number == 0 else "",
            )
            for number, (name, status) in enumerate(
                [("ann", 200), ("bob", 502), ("eve", 200), ("ann", 200), ("bob", 200), ("eve", 502)]
            )
        ]  # fmt: skip
        await ledger.settle(session, records[:5])
        await usage.insert_many(session, records[5:])
    return found


def bearer(name: str) -> dict[str, str]:
    return {"authorization": f"Bearer gwt-{name}"}


async def ids(client: httpx.AsyncClient, who: str = "", **query: object) -> list[str]:
    headers = bearer(who) if who else {}
    answer = await client.get("/usage", params=query, headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return [item["request_id"][4:] for item in answer.json()["items"]]


@pytest.mark.usefixtures("people")
async def test_search(api, refused) -> None:
    assert await ids(api) == ["5", "4", "3", "2", "1", "0"]
    assert await ids(api, q="provider SAID") == ["5", "1"]
    assert await ids(api, q="req_3") == ["3"]
    assert await ids(api, q="req_3", key="bob-key") == []
    assert await ids(api, failed=True, user="bob") == ["1"]
    assert await ids(api, status=502, sort="started_at") == ["1", "5"]
    assert await ids(api, organisation="acme", end="complete") == ["4", "3", "0"]
    assert await ids(api, upstream_request_id="up4") == ["4"]
    assert await ids(api, since="2027-01-15T10:00:00Z", until="2027-01-15T12:00:00Z") == ["3", "2"]
    page = (await api.get("/usage", params={"sort": "-cost", "limit": 4})).json()
    assert [item["cost"] for item in page["items"]] == [100, 99, 98, 97]
    page = (await api.get("/usage", params={"sort": "-cost", "limit": 4, "cursor": page["next"]})).json()
    assert [item["cost"] for item in page["items"]] == [96, 95]
    assert page["next"] is None
    for bad in ({"sort": "model"}, {"cursor": "x"}, {"status": 7}, {"q": "\0"}, {"failed": "maybe"}, {"limit": 0}):
        refused(await api.get("/usage", params=bad), 422)
    first = (await api.get("/usage", params={"limit": 1})).json()["next"]
    refused(await api.get("/usage", params={"cursor": first, "sort": "cost"}), 422)


async def test_everybody_sees_their_own(api, people, refused) -> None:
    assert await ids(api, "eve") == ["5", "2"]
    assert await ids(api, "bob") == ["4", "1"]
    assert await ids(api, "ann") == ["4", "3", "1", "0"]
    assert await ids(api, "bob", q="req_0") == []
    assert await ids(api, "bob", user=str(people["ann"])) == []
    assert await ids(api, "ann", user="bob") == ["4", "1"]
    assert await ids(api, "ann", organisation="99") == []
    # A name out of reach is answered like one that nobody has.
    there = refused(await api.get("/usage", params={"key": "eve-key"}, headers=bearer("ann")), 404)
    nowhere = refused(await api.get("/usage", params={"key": "no-key"}, headers=bearer("ann")), 404)
    assert there["detail"].replace("eve-key", "no-key") == nowhere["detail"]
    refused(await api.get("/usage", params={"channel": "main"}, headers=bearer("ann")), 403)
    refused(await api.get("/usage", params={"upstream_request_id": "up1"}, headers=bearer("ann")), 403)
    refused(await api.get("/usage/req_2", headers=bearer("ann")), 404)
    refused(await api.get("/usage/req_0/explain", headers=bearer("ann")), 403)
    (item,) = (await api.get("/usage", params={"q": "req_0"}, headers=bearer("ann"))).json()["items"]
    hidden = ("channel", "provider", "upstream_model", "provider_cost", "upstream_request_id", "attempt_log", "plan")
    assert not any(item[name] for name in hidden)
    assert (item["key"], item["user"], item["cost"], item["first_token_us"]) == ("ann-key", "ann", 100, 30)
    full = (await api.get("/usage/req_0", headers=bearer("ann"))).json()
    assert (full["attempts"], full["cost"], full["route"]) == ([], None, None)
    assert "main" not in str(full)


@pytest.mark.usefixtures("people")
async def test_a_request_in_full(api, world, refused) -> None:
    full = (await api.get("/usage/req_0")).json()
    assert [(moment["name"], moment["at_us"]) for moment in full["timeline"][:5]] == [
        ("arrived", 0), ("sent", 10), ("first_byte", 20), ("first_token", 30), ("ended", 40),
    ]  # fmt: skip
    assert full["timeline"][1]["detail"] == "channel main, attempt 2"
    assert full["timeline"][5]["name"] == "settled"
    assert [(one["channel"], one["outcome"], one["milliseconds"]) for one in full["attempts"]] == [
        ("main", "upstream_error", 7),
        ("main", "ok", 9),
    ]
    assert full["cost"]["cost"] == 100
    failed = (await api.get("/usage/req_5")).json()
    assert failed["request"]["error_text"] == "=The provider said no."
    assert failed["timeline"][-1]["detail"] == "upstream_error: upstream_error"
    assert [one["outcome"] for one in failed["attempts"]] == ["upstream_error"]
    refused(await api.get("/usage/req_9"), 404)


async def test_what_was_counted_beside_text(api, world, people) -> None:
    seen = CountedExtra(image_input=30, images={"1024x1024/hd": 2}, media_ms=12_500)
    searched = CountedExtra(tools={"web_search": 3})
    tariff = Tariff(PriceEntry(1, "", "gpt-5", 1000, 1000, None, None, "operator"))
    rows = [
        UsageRecord(
            request_id=f"req_{name}", started_at=START + HOUR, key_id=people["eve-key"], user_id=people["eve"],
            status=200, end="complete", model="gpt-5", operation="chat",
            price_detail=rate(tariff, Counted(100, 10, extra=extra)).detail if name != "unpriced" else "",
        )
        for name, extra in (("seen", seen), ("searched", searched), ("plain", None), ("unpriced", seen))
    ]  # fmt: skip
    async with world.sessions.begin() as session:
        await ledger.settle(session, rows)
    for who in ("", "eve"):  # the person who asked sees it, too
        assert await ids(api, who, media=True) == ["seen"]
    assert "seen" not in await ids(api, media=False)
    assert "searched" in await ids(api, media=False, sort="cost")
    assert (await ids(api, q="req_seen", media=True), await ids(api, q="req_plain", media=True)) == (["seen"], [])
    listed = {item["request_id"]: item["quantities"] for item in (await api.get("/usage")).json()["items"]}
    assert listed["req_seen"]["images"] == {"1024x1024/hd": 2}
    assert (listed["req_seen"]["image_input"], listed["req_seen"]["media_ms"]) == (30, 12_500)
    assert listed["req_searched"]["tools"] == {"web_search": 3}
    assert listed["req_plain"] is listed["req_unpriced"] is None


@pytest.mark.usefixtures("people")
async def test_files(api, refused) -> None:
    answer = await api.get("/usage/export", params={"failed": True, "format": "csv"})
    head, *lines = answer.text.splitlines()
    assert answer.headers["content-disposition"] == 'attachment; filename="usage.csv"'
    assert head.startswith("request_id,started_at,key,")
    assert [line[:5] for line in lines] == ["req_5", "req_1"]
    assert ",'=The provider said no.," in lines[0]
    answer = await api.get("/usage/export", params={"format": "jsonl", "limit": 3}, headers=bearer("ann"))
    assert [line[:21] for line in answer.text.splitlines()] == [f'{{"request_id":"req_{n}"'[:21] for n in (4, 3, 1)]
    assert "gpt-5-internal" not in answer.text
    refused(await api.get("/usage/export", params={"format": "xlsx"}), 422)
    answer = await api.get("/usage/totals", params={"per": "day", "group_by": "user", "format": "csv"})
    assert answer.text.splitlines()[1].startswith("2027-01-15,ann,")


async def test_sums(api, people, refused) -> None:
    async def totals(who: str = "", **query: str) -> list[dict[str, object]]:
        headers = bearer(who) if who else {}
        answer = await api.get("/usage/totals", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, object]] = answer.json()["items"]
        return found

    rows = await totals(per="hour", group_by="user")
    assert [(row["at"], row["group"]) for row in rows][:2] == [
        ("2027-01-15T08:00:00Z", "ann"), ("2027-01-15T09:00:00Z", "bob"),
    ]  # fmt: skip
    (everything,) = await totals()
    assert (everything["requests"], everything["error_share"], everything["cache_share"]) == (6, 0.3333, 0.25)
    assert everything["provider_cost"] == 300
    (mine,) = await totals("ann")
    assert (mine["requests"], mine["provider_cost"]) == (4, 0)
    (hers,) = await totals("eve", per="day", model="gpt-5")
    assert (hers["at"], hers["requests"]) == ("2027-01-15", 2)
    assert [row["requests"] for row in await totals(status="502", per="day")] == [2]
    assert [row["group"] for row in await totals("ann", group_by="user")] == ["ann", "bob"]
    assert (await totals("bob", user=str(people["eve"])))[0]["requests"] == 0
    refused(await api.get("/usage/totals", params={"group_by": "channel"}, headers=bearer("ann")), 403)


@pytest.mark.usefixtures("people")
async def test_bounds(api, refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.repositories.usage_search.MOST_LOOKED_THROUGH", 2)
    refused(await api.get("/usage", params={"client_ip": "10.0.0.1"}), 422)
    refused(await api.get("/usage", params={"media": True}), 422)
    refused(await api.get("/usage/export", params={"client_ip": "10.0.0.1"}), 422)
    refused(await api.get("/usage", params={"sort": "-cost"}), 422)
    refused(await api.get("/usage/totals", params={"per": "hour", "group_by": "model", "organisation": "acme"}), 422)
    assert await ids(api, client_ip="10.0.0.1", key="ann-key") == []
    assert (await api.get("/usage/totals", params={"per": "hour", "group_by": "model"})).status_code == 200


async def test_nobody_reads_without_leave(anyone, api, world, people) -> None:
    assert (await anyone.get("/api/v1/usage")).status_code == 401
    async with world.sessions() as session:
        assert (await session.scalars(select(AuditEntry).where(AuditEntry.action.like("captures%")))).all() == []
