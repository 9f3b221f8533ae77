"""Fills a running gateway with what a console has to show: people, keys, channels, models, days of requests, money.

Everything that the admin API can make is made through it; requests of the past and orders are written by storage's own
functions. The same size gives the same data. Used by the tests of the console, and by hand on a new data directory:

    python -m tests.console.seed --url http://127.0.0.1:8000 --data data --upstream http://127.0.0.1:9100/v1
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from storage import ledger
from storage.database import open_engine, session_factory
from storage.models.order import Order
from storage.records import UsageRecord

ROOT_NAME = "root"
PASSWORD = "correct-horse-battery-stable"
"""Of root, ann (an organisation's administrator) and ben (a member)."""

MODELS = (
    ("gpt-5-mini", "OpenAI", "0.25", "2", 400_000),
    ("gpt-5", "OpenAI", "1.25", "10", 400_000),
    ("gpt-4o-mini", "OpenAI", "0.15", "0.6", 128_000),
    ("claude-sonnet-4-5", "Anthropic", "3", "15", 200_000),
    ("claude-haiku-4-5", "Anthropic", "1", "5", 200_000),
    ("gemini-2.5-flash", "Google", "0.3", "2.5", 1_048_576),
    ("gemini-2.5-pro", "Google", "1.25", "10", 1_048_576),
    ("deepseek-chat", "DeepSeek", "0.28", "0.42", 128_000),
    ("qwen3-32b", "Qwen", "0.1", "0.3", 131_072),
    ("text-embedding-3-small", "OpenAI", "0.02", None, 8_191),
    ("mock-paced-64x10", "Mock", "1", "2", 32_000),
    ("mock-unary", "Mock", "1", "2", 32_000),
)
BROKEN = ("mock-error-503", "mock-error-401", "mock-reset", "mock-html-502")
"""What the mock upstream fails at, by the model's name."""

_FIRST = ("Ada", "Ben", "Chen", "Dora", "Émile", "Fatima", "Günter", "Hanako", "Ivan", "Jun", "Kofi", "Léa")
_LAST = ("Lovelace", "王小明", "佐藤", "Dupont", "Müller", "García", "O'Brien", "林", "Okafor", "Silva")
DAY_S = 86_400


@dataclass(frozen=True)
class Size:
    """How many of what."""

    organisations: int = 8
    users: int = 300
    keys: int = 300
    channels: int = 60
    requests: int = 6000
    days: int = 30
    orders: int = 80
    live: int = 40


SMALL = Size(organisations=3, users=60, keys=70, channels=24, requests=800, days=30, orders=25, live=6)


@dataclass(frozen=True)
class User:
    """A user that was made; `organisation` is 0 for none."""

    id: int
    name: str
    organisation: int


class Api:
    """The admin API, by an operator's token."""

    def __init__(self, url: str, token: str) -> None:
        self.token = token
        headers = {"authorization": f"Bearer {token}"}
        self.http = httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=60.0, trust_env=False)

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        """The answer as data. Raises RuntimeError with the problem's text."""
        answer = self.http.request(method, path, json=body)
        if answer.is_error:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None


def seed(url: str, token: str, data: Path, upstream: str, size: Size, database: str = "") -> dict[str, Any]:
    """Fill the gateway at `url`; returns ids of users, keys and channels, and one key's value."""
    api = Api(url, token)
    if api("GET", "/setup")["needed"]:
        setup = (data / "setup-token").read_text().strip()
        api("POST", "/setup", {"token": setup, "name": ROOT_NAME, "password": PASSWORD, "email": "root@example.com"})
    groups(api)
    organisations = [f"org-{number + 1:02}" for number in range(size.organisations)]
    for name in organisations:
        api("POST", "/organisations", {"name": name, "remark": f"Customer {name[-2:]}"})
    users = people(api, organisations, size)
    channels = upstreams(api, upstream, size)
    models(api)
    keys, value = clients(api, users, size)
    extras(api, users, organisations)
    database = database or f"sqlite:///{data / 'gateway.db'}"
    asyncio.run(past(database, users, keys, channels, size))
    ask(url, value, size.live)
    api.http.close()
    return {"users": users, "keys": keys, "channels": channels, "key": value}


def groups(api: Api) -> None:
    """Two groups besides default."""
    api("PUT", "/groups/default", {"ratio": "1", "remark": "Everybody"})
    api("PUT", "/groups/vip", {"ratio": "0.8", "topup_ratio": "0.9", "remark": "Large customers"})
    api("PUT", "/groups/trial", {"ratio": "1.2", "models": ["gpt-*", "mock-*"], "remark": "New accounts"})


def people(api: Api, organisations: list[str], size: Size) -> list[User]:
    """Users, the first two with passwords."""
    rolled = random.Random(7)
    found: list[User] = []
    for number in range(size.users):
        name = ("ann", "ben")[number] if number < 2 else f"user-{number:03}"
        organisation = organisations[number % len(organisations)] if number < 2 or rolled.random() < 0.5 else None
        body = {
            "name": name,
            "display_name": f"{_FIRST[number % len(_FIRST)]} {_LAST[number % len(_LAST)]}",
            "email": f"{name}@example.com",
            "organisation": organisation,
            "organisation_role": "admin" if number == 0 else "member",
            "group": rolled.choice(["default", "default", "vip", "trial"]),
            "enabled": number < 2 or rolled.random() > 0.06,
        }
        made = api("POST", "/users", body)
        if number < 2:
            api("PUT", f"/users/{made['id']}/password", {"password": PASSWORD, "must_change": False})
        if number % 3 != 2:
            api("PUT", f"/users/{made['id']}/quota", {"limited": True, "balance": f"{rolled.randint(0, 20000) / 100}"})
        found.append(User(made["id"], name, made["organisation_id"] or 0))
    return found


def upstreams(api: Api, upstream: str, size: Size) -> list[int]:
    """Channels on the mock upstream; every sixth is off or broken."""
    rolled = random.Random(11)
    found = []
    for number in range(size.channels):
        broken = number % 6 == 5
        own = {name: "mock-error-503" if broken else "mock-paced-16x20" for name, *_ in MODELS[number % 5 :: 5]}
        if number % 8 == 0:
            own |= {"mock-*": ""}
        if broken:
            own |= {f"broken-{number}": BROKEN[number // 6 % len(BROKEN)]}
        body = {
            "name": f"{('openai', 'anthropic', 'azure', 'relay', 'local')[number % 5]}-{number + 1:02}",
            "provider": "openai-compatible",
            "base_url": upstream,
            "secret": f"sk-upstream-{number:04}",
            "models": own,
            "priority": -10 if broken else rolled.choice([0, 0, 5, 10]),
            "weight": rolled.choice([1, 1, 2, 5]),
            "enabled": number % 12 != 7,
            "tag": ("europe", "asia", "", "")[number % 4],
            "remark": "A fallback; look at its bills before raising the weight" if number % 9 == 4 else "",
            "test_model": next(iter(own)),
        }
        found.append(api("POST", "/channels", body)["id"])
    return found


def models(api: Api) -> None:
    """What is known of models, their vendors and prices."""
    for vendor in dict.fromkeys(row[1] for row in MODELS):
        api("POST", "/vendors", {"name": vendor, "icon": vendor.lower()})
    for name, vendor, paid_in, paid_out, context in MODELS:
        able = ["embeddings"] if paid_out is None else ["chat", "tools", "vision", "streaming"]
        body = {"name": name, "title": name.replace("-", " ").title(), "vendor": vendor, "context_tokens": context}
        api("POST", "/models", body | {"capabilities": able, "description": f"{vendor}'s {name}.", "tags": able[:2]})
        if vendor == "Mock":
            api("PUT", "/prices", {"model": name, "input": paid_in, "output": paid_out})
    tier = {"above": 200_000, "input": "2.5", "output": "15"}
    api("PUT", "/prices", {"model": "gemini-2.5-pro", "input": "1.25", "output": "10", "tiers": [tier]})


def clients(api: Api, users: list[User], size: Size) -> tuple[list[tuple[int, int, int]], str]:
    """Keys as (id, user, organisation), and the value of the one that may do everything."""
    rolled = random.Random(13)
    first = api("POST", "/keys", {"name": "everything"})
    found = [(int(first["id"]), 0, 0)]
    for number in range(size.keys - 1):
        user = users[int(len(users) * rolled.random() ** 2)]
        body: dict[str, Any] = {
            "name": f"key-{number + 1:03}",
            "user": user.name,
            "enabled": rolled.random() > 0.05,
            "models": ["gpt-*", "claude-*"] if number % 7 == 0 else None,
            "remark": "Of the nightly reports" if number % 11 == 3 else "",
        }
        if number % 9 == 2:
            body["budgets"] = [{"period": "month", "amount": "50"}]
        if number % 10 == 1:
            body["expires_at"] = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + DAY_S * (number + 5)))
        found.append((int(api("POST", "/keys", body)["id"]), user.id, user.organisation))
    return found, str(first["key"])


def extras(api: Api, users: list[User], organisations: list[str]) -> None:
    """One or a few of everything else."""
    notice = "Welcome to the gateway. **Keys** are made under Keys; the playground needs none."
    api("POST", "/announcements", {"kind": "notice", "title": "Welcome", "body": notice})
    late = {"kind": "announcement", "level": "warning", "title": "Maintenance on Sunday", "body": "02:00 to 03:00 UTC."}
    api("POST", "/announcements", late)
    api("POST", "/announcements", {"kind": "faq", "title": "Which protocols?", "body": "OpenAI, Anthropic, Gemini."})
    for name, price, quota in (("starter", "5", "6"), ("team", "20", "26"), ("studio", "100", "140")):
        body = {"name": name, "title": name.title(), "price": price, "quota": quota, "description": f"{quota} USD."}
        api("POST", "/plans", body)
    for number in range(3):
        api("POST", "/subscriptions/give", {"plan": "starter", "owner": users[number].name})
    api("POST", "/redemption-codes", {"name": "launch", "credit": "5", "count": 12})
    api("POST", "/redemption-codes", {"name": "conference", "credit": "20", "count": 4})
    api("POST", "/budgets", {"scope": "organisation", "owner": organisations[0], "period": "month", "amount": "500"})
    api("POST", "/budgets", {"scope": "user", "owner": "ann", "period": "day", "amount": "10", "alerts": [50, 90]})
    api("PUT", "/limits", {"name": "per-key", "metric": "requests", "window": "minute", "amount": 6000, "per": ["key"]})
    team = api("POST", "/teams", {"name": "research", "organisation": organisations[0]})
    api("PUT", f"/teams/{team['id']}/members/{users[0].id}")
    api("POST", "/roles", {"name": "support", "permissions": ["users.read", "keys.read", "logs.read"]})
    api("POST", "/safety-rules", {"name": "card numbers", "kind": "detectors", "action": "mask", "detectors": ["iban"]})
    api("POST", "/invitations", {"days": 30})
    api("PATCH", "/settings/models", {"public_list": True})


async def past(
    database: str, users: list[User], keys: list[tuple[int, int, int]], channels: list[int], size: Size
) -> None:
    """Requests and orders of the last days, written as the settler does."""
    engine = open_engine(database)
    sessions = session_factory(engine)
    now = int(time.time())
    try:
        records = [record_of(number, now, keys, channels, size) for number in range(size.requests)]
        for start in range(0, len(records), 400):
            part = records[start : start + 400]
            await ledger.transact(sessions, lambda session, part=part: ledger.settle(session, part))  # type: ignore[misc]
        async with sessions.begin() as session:
            session.add_all(order_of(number, now, users, size) for number in range(size.orders))
    finally:
        await engine.dispose()


def record_of(number: int, now: int, keys: list[tuple[int, int, int]], channels: list[int], size: Size) -> UsageRecord:
    """One request of the last days: more by day than by night, one in forty failed."""
    rolled = random.Random(number)
    key, user, organisation = keys[int(len(keys) * rolled.random() ** 3)]
    model, vendor, *_ = MODELS[int((len(MODELS) - 2) * rolled.random() ** 1.5)]
    ago = int(size.days * DAY_S * (number + rolled.random()) / size.requests)
    failed = rolled.random() < 0.025
    tokens = int(6000 * rolled.random() ** 2) + 20
    answered = 0 if failed or model.startswith("text-") else int(1500 * rolled.random() ** 2) + 1
    first = 180_000 + int(900_000 * rolled.random() ** 3)
    cached = 0 if failed or rolled.random() < 0.4 else int(tokens * rolled.random())
    cost = 0 if failed else tokens * 250 + answered * 2000
    status = rolled.choice([502, 429, 504]) if failed else 200
    channel = rolled.choice(channels)
    last = {200: "ok", 429: "upstream_rate_limit", 502: "upstream_error", 504: "upstream_timeout"}[status]
    attempts = f'[[{rolled.choice(channels)},"upstream_overloaded",210],[{channel},"{last}",{first // 1000}]]'
    twice = rolled.random() < 0.05
    return UsageRecord(
        request_id=f"req_{number:012x}{now % 0xFFFFFFFF:08x}",
        started_at=(now - ago) * 1_000_000 + number,
        key_id=key,
        channel_id=channel,
        provider="openai-compatible",
        operation="embeddings" if model.startswith("text-") else "chat",
        model=model,
        upstream_model=model,
        response_model=model,
        stream=rolled.random() < 0.7,
        status=status,
        end="upstream_error" if failed else "complete",
        error="upstream_error" if failed else "",
        error_text=f"The provider of {vendor} answered {status}." if failed else "",
        input_tokens=0 if failed else tokens,
        output_tokens=answered,
        cached_tokens=cached,
        usage_source="none" if failed else "upstream",
        cost=cost,
        provider_cost=cost,
        queue_us=300 + number % 200,
        first_byte_us=first,
        first_token_us=0 if failed else first + 20_000,
        total_us=first + answered * 9_000,
        attempts=2 if twice else 1,
        attempt_log=attempts if twice else "",
        replica=f"ingress-{number % 2}",
        client_ip=f"10.1.{number % 4}.{key % 250}",
        finish_reason="" if failed else "stop",
        user_id=user,
        organisation_id=organisation,
        group="default",
        client_protocol=("chat", "messages", "responses")[number % 3],
        upstream_protocol="chat",
    )


def order_of(number: int, now: int, users: list[User], size: Size) -> Order:
    """A top-up in one of its states."""
    rolled = random.Random(1000 + number)
    user = users[number % len(users)]
    state = ("paid", "paid", "paid", "pending", "expired")[number % 5]
    usd = rolled.choice([5, 10, 20, 50, 100])
    at = now - int(size.days * DAY_S * number / size.orders)
    return Order(
        number=f"T{now:010}{number:06}",
        purpose="topup",
        title=f"Credit of {usd} USD",
        user_id=user.id,
        organisation_id=user.organisation or None,
        account_kind="user",
        account_subject_id=user.id,
        provider=("stripe", "epay", "creem")[number % 3],
        method=("card", "alipay", "")[number % 3],
        state=state,
        currency="USD",
        amount=usd * 100,
        value=usd * 10**9,
        credit=usd * 10**9,
        paid_amount=usd * 100 if state == "paid" else 0,
        paid_at=at + 40 if state == "paid" else None,
        actor=f"user:{user.name}",
        created_at=at,
        expires_at=at + 3600,
        updated_at=at + 40,
    )


def ask(url: str, key: str, count: int) -> None:
    """Some real requests, so that counters, breakers and live figures have something to tell."""
    headers = {"authorization": f"Bearer {key}"}
    with httpx.Client(base_url=url, headers=headers, timeout=30.0, trust_env=False) as client:
        for number in range(count):
            model = (*(name for name, *_ in MODELS[:5]), "broken-5")[number % 6]
            said = [{"role": "user", "content": f"Say something short, number {number}."}]
            client.post("/v1/chat/completions", json={"model": model, "messages": said, "stream": number % 2 == 0})


def main() -> None:
    """By hand."""
    parser = argparse.ArgumentParser(description="Fill a new gateway for looking at its console.")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--token", default=os.environ.get("GATEWAY_ADMIN_TOKEN", ""))
    parser.add_argument("--small", action="store_true")
    given = parser.parse_args()
    token = given.token or (given.data / "admin-token").read_text().strip()
    found = seed(given.url, token, given.data, given.upstream, SMALL if given.small else Size())
    print(f"key {found['key']}; sign in as {ROOT_NAME}, ann or ben with {PASSWORD}")


if __name__ == "__main__":
    main()
