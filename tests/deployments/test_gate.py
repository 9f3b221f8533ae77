"""What is granted before a request goes to a provider, and what becomes of it: prices, limits, quota, caps."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec
import pytest
from sqlalchemy import func, select

from storage import models
from storage.ledger import accounts, budgets, quota
from storage.ledger.verify import accounts_page, batches_page
from storage.repositories import limits, users
from tests.deployments.gateway import Gateway, until
from tests.deployments.mock import STREAM, Upstream, answers, event, normal, streams

USD = 10**9
INPUT, OUTPUT = 1 * USD, 4 * USD  # nano-USD per 1,000,000 tokens
PATIENT = {"wait_s": 30.0, "timeout_s": 30.0}
"""Nobody is refused here because the machine is slow."""
COST = (9 * INPUT + 4 * OUTPUT) // 10**6
"""Of an answer of tests/deployments/mock.py."""


@pytest.fixture
async def gateway(make_gateway: Callable[..., Awaitable[Gateway]], upstream: Upstream) -> Gateway:
    """As everywhere, but patient with the ledger."""
    gateway = await make_gateway(quota=PATIENT)
    await gateway.add_channel("one", upstream.url)
    return gateway


async def person(gateway: Gateway, amount: int, name: str = "ann", **key: object) -> tuple[str, int]:
    """A user with that balance in nano-USD and a key of theirs: (key, account id)."""
    async with gateway.sessions.begin() as session:
        user = await users.create(session, models.User(name=name))
        subject = (accounts.USER, user.id, 0)
        account_id = (await accounts.ensure(session, [subject]))[subject]
        await quota.set_quota(session, account_id, limited=True, balance=amount, actor="test", now=int(time.time()))
        user_id = user.id
    return await gateway.add_key(f"of {name}", user_id=user_id, **key), account_id


async def account(gateway: Gateway, account_id: int) -> models.Account:
    """What the ledger has of it now."""
    await gateway.records()
    async with gateway.sessions() as session:
        row = await session.get(models.Account, account_id)
    assert row is not None
    return row


async def test_what_is_used_is_taken_from_the_balance(gateway: Gateway) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    key, account_id = await person(gateway, USD)
    assert (await gateway.post({"max_tokens": 50}, key=key)).status == 200
    record = (await gateway.records(1))[0]
    assert (record.cost, record.user_id > 0, record.accounts) == (COST, True, str(account_id))
    assert record.reserved >= record.cost
    row = await account(gateway, account_id)
    assert (row.balance, row.held > 0) == (USD - COST, True)
    await gateway.replica.give_back()
    row = await account(gateway, account_id)
    assert (row.balance, row.held) == (USD - COST, 0), "what was leased and not spent is back"
    async with gateway.sessions() as session:
        for page in (await accounts_page(session), await batches_page(session)):
            assert not page.differences


async def test_a_balance_that_does_not_cover_the_worst_case_is_refused_with_what_is_missing(
    gateway: Gateway, upstream: Upstream
) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    key, account_id = await person(gateway, 100_000)
    answer = await gateway.post({"max_tokens": 10_000}, key=key)
    assert answer.status == 402
    assert answer.error["code"] == "insufficient_quota"
    assert "missing" in answer.error["message"] or "short" in answer.error["message"]
    assert upstream.calls == []
    assert (await account(gateway, account_id)).balance == 100_000


async def test_without_a_maximum_the_output_is_what_the_balance_affords(gateway: Gateway, upstream: Upstream) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    key, _ = await person(gateway, 1_000_000)
    assert (await gateway.post(key=key)).status == 200
    cut = upstream.calls[-1].json["max_completion_tokens"]
    assert 16 <= cut < 8192
    assert cut * OUTPUT // 10**6 <= 1_000_000


async def test_a_small_balance_under_many_requests_never_goes_below_zero(gateway: Gateway) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    key, account_id = await person(gateway, 200 * COST)
    answers_ = await asyncio.gather(*(gateway.post({"max_tokens": 20}, key=key) for _ in range(60)))
    passed = sum(answer.status == 200 for answer in answers_)
    assert {answer.status for answer in answers_} <= {200, 402}
    row = await account(gateway, account_id)
    assert row.balance == 200 * COST - passed * COST >= 0
    assert passed == 60, "all of them fit, if not all at one time"


async def test_an_error_of_the_provider_costs_nothing(gateway: Gateway, upstream: Upstream) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    key, account_id = await person(gateway, USD)
    upstream.behave = answers(500, b"{}")
    assert (await gateway.post({"max_tokens": 5}, key=key)).status == 502
    await gateway.replica.give_back()
    row = await account(gateway, account_id)
    assert (row.balance, row.held) == (USD, 0)


async def test_a_stream_is_charged_as_it_was_used(gateway: Gateway, upstream: Upstream) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    key, account_id = await person(gateway, USD)
    upstream.behave = streams(STREAM)
    assert (await gateway.post({"stream": True, "max_tokens": 50}, key=key)).status == 200
    record = (await gateway.records(1))[0]
    assert record.usage_source == "estimate"
    assert (await account(gateway, account_id)).balance == USD - record.cost < USD


async def test_a_stream_that_breaks_off_is_charged_to_those_it_was_reserved_for(
    gateway: Gateway, upstream: Upstream
) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    key, account_id = await person(gateway, USD)
    async with gateway.sessions.begin() as session:
        owner = await session.scalar(select(models.Key).where(models.Key.name == "of ann"))
        assert owner is not None
        await budgets.create(
            session, models.Budget(scope="key", scope_id=owner.id, period="total", amount=USD, alerts=[])
        )
    upstream.behave = streams(event("one "), event("two "), end="cut")
    assert (await gateway.post({"stream": True, "max_tokens": 50}, key=key)).status == 200
    record = (await gateway.records(1))[0]
    assert record.end == "upstream_cut"
    assert record.cost > 0
    charged = record.accounts.split(",")
    assert len(charged) == 2, "the balance and the budget"
    assert str(account_id) in charged
    for number in charged:
        assert (await account(gateway, int(number))).balance == USD - record.cost
    await gateway.replica.give_back()
    for number in charged:
        row = await account(gateway, int(number))
        assert (row.balance, row.held) == (USD - record.cost, 0)


async def test_a_cut_holds_for_each_of_several_answers(gateway: Gateway, upstream: Upstream) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    upstream.behave = streams(*[event("word ") for _ in range(500)], pause=0.001)
    answer = await gateway.post({"stream": True, "n": 2}, headers={"x-gateway-cost-cap": "0.0005"})
    each = upstream.calls[-1].json["max_completion_tokens"]
    assert 2 * each <= answer.body.count(b"word ") <= 2 * each + 5
    await gateway.add_price("text-x", INPUT, OUTPUT)
    legacy = await gateway.post(
        {"model": "text-x", "prompt": "x", "stream": True},
        path="/v1/completions",
        headers={"x-gateway-cost-cap": "0.0005"},
    )
    assert b'"object":"text_completion"' in legacy.body
    assert b'"finish_reason":"length"' in legacy.body


async def test_a_budget_of_a_key_ends_its_requests(gateway: Gateway) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    key = await gateway.add_key("on a budget")
    async with gateway.sessions.begin() as session:
        row = await session.scalar(select(models.Key).where(models.Key.name == "on a budget"))
        assert row is not None
        await budgets.create(
            session, models.Budget(scope="key", scope_id=row.id, period="month", amount=12 * COST, alerts=[50])
        )
    statuses = [(await gateway.post({"max_tokens": 4}, key=key)).status for _ in range(15)]
    assert statuses[0] == 200
    assert statuses[-1] == 402
    spent = sum(record.cost for record in await gateway.records() if record.status == 200)
    assert 0 < spent <= 12 * COST


async def test_a_cost_cap_cuts_the_output(gateway: Gateway, upstream: Upstream) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    key = await gateway.add_key("capped", cost_cap=OUTPUT * 100 // 10**6 + INPUT * 2000 // 10**6)
    assert (await gateway.post({"max_tokens": 5000}, key=key)).status == 200
    assert upstream.calls[-1].json["max_tokens"] < 5000
    assert "max_completion_tokens" not in upstream.calls[-1].json
    low = await gateway.add_key("capped low", cost_cap=10)
    answer = await gateway.post(key=low)
    assert (answer.status, answer.error["code"]) == (402, "cost_cap_exceeded")


async def test_a_request_carries_its_own_cap(gateway: Gateway, upstream: Upstream) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    answer = await gateway.post(headers={"x-gateway-cost-cap": "0.0005"})
    assert answer.status == 200
    assert 16 <= upstream.calls[-1].json["max_completion_tokens"] < 200
    for wrong in ("much", "-1", "0", "nan"):
        answer = await gateway.post(headers={"x-gateway-cost-cap": wrong})
        assert (answer.status, answer.error["code"]) == (400, "invalid_cost_cap")


async def test_a_stream_that_reaches_its_cap_ends_truthfully(gateway: Gateway, upstream: Upstream) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    upstream.behave = streams(*[event("word ") for _ in range(500)], pause=0.001)
    answer = await gateway.post({"stream": True}, headers={"x-gateway-cost-cap": "0.0005"})
    assert answer.status == 200
    assert answer.body.count(b"word ") < 200
    assert b'"finish_reason":"length"' in answer.body
    assert answer.body.endswith(b"data: [DONE]\n\n")
    record = await gateway.record()
    assert (record.end, record.finish_reason, record.usage_source) == ("complete", "length", "estimate")
    assert 0 < record.cost <= 500_000


async def test_a_limit_of_requests_is_told_in_headers_and_then_refuses(gateway: Gateway, upstream: Upstream) -> None:
    async with gateway.sessions.begin() as session:
        await limits.create(
            session, models.Limit(name="three", metric="requests", window="minute", amount=3, per=["key"])
        )
    await gateway.push()
    answers_ = [await gateway.post() for _ in range(5)]
    assert [answer.status for answer in answers_] == [200, 200, 200, 429, 429]
    assert answers_[0].headers["x-ratelimit-limit-requests"] == "3"
    assert [answer.headers["x-ratelimit-remaining-requests"] for answer in answers_[:4]] == ["2", "1", "0", "0"]
    assert int(answers_[3].headers["retry-after"]) >= 1
    assert answers_[3].error["code"] == "rate_limit_exceeded"
    assert len(upstream.calls) == 3


async def test_a_channel_at_its_limit_is_passed_over(gateway: Gateway, upstream: Upstream) -> None:
    second = await gateway.add_channel("second", upstream.url, priority=-1, models={"gpt-x": "other"})
    async with gateway.sessions.begin() as session:
        await limits.create(
            session, models.Limit(name="one", metric="requests", window="minute", amount=1, per=["channel"])
        )
    await gateway.push()
    statuses = [(await gateway.post()).status for _ in range(3)]
    assert statuses == [200, 200, 429]
    records = await gateway.records(3)
    assert records[1].channel_id == second
    assert records[1].attempts == 2


async def test_slots_come_back_when_requests_end(gateway: Gateway, upstream: Upstream) -> None:
    async with gateway.sessions.begin() as session:
        await limits.create(session, models.Limit(name="two", metric="concurrent", window="", amount=2, per=["key"]))
    await gateway.push()
    gate = asyncio.Event()

    async def waits(call: object) -> None:
        await gate.wait()
        await normal(call)  # type: ignore[arg-type]

    upstream.behave = waits
    under_way = [asyncio.create_task(gateway.post()) for _ in range(2)]
    await until(lambda: len(upstream.calls) == 2)
    assert (await gateway.post()).status == 429
    gate.set()
    assert [(await task).status for task in under_way] == [200, 200]
    assert (await gateway.post()).status == 200


async def test_a_model_without_a_price_is_refused_away_from_this_machine(gateway: Gateway) -> None:
    await gateway.add_channel("away", "http://192.0.2.1/v1", models={"nobody-knows": ""})
    answer = await gateway.post({"model": "nobody-knows"})
    assert (answer.status, answer.error["code"]) == (403, "model_not_priced")
    assert "price" in answer.error["message"]


async def test_nothing_is_asked_of_database_or_authority_in_the_steady_state(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    key, _ = await person(gateway, 100 * USD)
    async with gateway.sessions.begin() as session:
        await limits.create(
            session, models.Limit(name="many", metric="requests", window="minute", amount=100_000, per=["key"])
        )
    await gateway.push()
    for _ in range(20):
        await gateway.post({"max_tokens": 20}, key=key)
    (lease,) = gateway.replica.leases.keeper.leases.values()
    await until(lambda: lease.rate > 0 and not lease.short and not lease.busy)  # sized by what is spent
    waits = dict(gateway.replica.telemetry.counters.get("gateway_quota_waits_total", {}))
    lookups = gateway.lookups
    for _ in range(300):
        assert (await gateway.post({"max_tokens": 20}, key=key)).status == 200
    assert gateway.replica.telemetry.counters.get("gateway_quota_waits_total", {}) == waits
    assert gateway.lookups == lookups


async def test_every_row_can_be_explained(gateway: Gateway) -> None:
    await gateway.add_price("up-model", INPUT, OUTPUT)
    await gateway.post()
    record = await gateway.record()
    detail = msgspec.json.decode(record.price_detail)
    assert detail
    async with gateway.sessions() as session:
        total = await session.scalar(select(func.sum(models.Usage.cost)))
    assert total == record.cost == COST
