"""Concluding asynchronous tasks: what they used beyond the estimate is booked, once, whoever heard of their end.

The rest of the counts is a usage record of its own under the task's reference, which settling stores once: a replica
whose client fetched the end may have booked it (deployments/background.py), or does so at the same time. Whatever was
booked by then, the last step makes the sum exact: cost at the price and the multipliers of the request, for what the
provider counted in all, less what was booked is a correction, in the same transaction that closes the task.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger.entries import GATEWAY
from storage.ledger.settling import settle
from storage.models import Correction, Task, Usage
from storage.pricing.counts import Counted, Counts, ExtraCounts
from storage.pricing.detail import counts_of, read
from storage.pricing.differences import LOCK, book_differences, difference
from storage.pricing.entry import entry_of
from storage.pricing.rate import Charge, rate
from storage.pricing.tariff import Tariff
from storage.pricing.units import ONE
from storage.records import UsageRecord
from storage.repositories import corrections, prices, revisions, tasks
from storage.repositories.corrections import Sums

PLAN = "background, asked"
FAILED = "failed"
_FREE = Charge(0, 0, "")


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a task ended. `counts` is all that the provider counted for it, None: it told nothing."""

    state: str
    counts: Counts | None = None
    model: str = ""
    finish_reason: str = ""
    note: str = ""


class _Terms(msgspec.Struct, frozen=True, kw_only=True):
    """By what a request is rated; without a tariff it costs nothing."""

    tariff: Tariff | None
    group: int
    channel: int
    at: int

    def charge(self, counts: Counts) -> Charge:
        if self.tariff is None:
            return _FREE
        return rate(self.tariff, counts, group_ratio=self.group, channel_ratio=self.channel, at=self.at)


async def conclude(session: AsyncSession, task_id: int, outcome: Outcome, now: int) -> Task | None:
    """Book what is missing and close the task; None: there is none. The caller commits, and may repeat it.

    One that is closed stays as it is. One whose request is not settled yet stays open, and is to be asked about again.
    """
    await revisions.bump(session, LOCK)  # others that book differences of the same requests wait; SQLite locks
    task = await tasks.locked(session, task_id)
    if task is None or task.settlement != tasks.OPEN:
        return task
    first = await _stored(session, task.request_id, task.started_at)
    if first is None and now < task.expires_at:
        task.next_at = now + tasks.FIRST_S
        await session.flush()
        return task
    terms = None if first is None else await _terms(session, first)
    if first is None or terms is None:
        return await _close(session, task, outcome, now, exact=False)
    if outcome.counts is not None:
        await settle(session, [_rest(task, first, outcome, outcome.counts, terms)], now=now)
    rest = await _stored(session, task.reference, tasks.booked_at(task.made_at))
    if outcome.counts is not None:
        whole: Counts | None = outcome.counts
    elif rest is not None:
        whole = _sum(first, rest)  # a client fetched the end, and the provider does not say it again
    else:
        whole = Counted() if outcome.state == FAILED else None
    if whole is None:
        return await _close(session, task, outcome, now, exact=False)
    nothing = outcome.counts is None and rest is None
    charge = _FREE if nothing else terms.charge(whole)
    task.cost = await _correct(session, task, first, rest, charge, terms, now)
    task.input_tokens, task.output_tokens = whole.input, whole.output
    task.cached_tokens, task.reasoning_tokens = whole.cached, whole.reasoning
    return await _close(session, task, outcome, now, exact=True)


async def _stored(session: AsyncSession, request_id: str, started_at: int) -> Usage | None:
    statement = select(Usage).where(Usage.request_id == request_id, Usage.started_at == started_at)
    return (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()


async def _terms(session: AsyncSession, first: Usage) -> _Terms | None:
    """Price and multipliers of the request, as they were last rated; None: they are not known, or not any more."""
    if first.usage_source == "none":
        return None
    later = await corrections.list_for(session, first.request_id)
    price_id = later[-1].price_id if later else first.price_id
    row = await prices.get(session, price_id) if price_id else None
    try:
        detail = read(first.price_detail) if first.price_detail else None
    except msgspec.MsgspecError:
        return None
    if price_id and (row is None or detail is None):
        return None
    group, channel = (ONE, ONE) if detail is None else (detail.group, detail.channel)
    tariff = None if row is None else Tariff(entry_of(row))
    return _Terms(tariff=tariff, group=group, channel=channel, at=first.started_at // 1_000_000)


def _rest(task: Task, first: Usage, outcome: Outcome, counts: Counts, terms: _Terms) -> UsageRecord:
    """The record of what was counted beyond the estimate. What was cached counts among what is left."""
    left = max(counts.input - first.input_tokens, 0)
    cached = min(counts.cached, left)
    output = max(counts.output - first.output_tokens, 0)
    beyond = _Beyond(
        input=left, output=output, cached=cached, cache_write=min(counts.cache_write, left - cached),
        reasoning=min(counts.reasoning, output), extra=counts.extra,
    )  # fmt: skip
    charge = terms.charge(beyond)
    return UsageRecord(
        task.reference, tasks.booked_at(task.made_at), key_id=first.key_id, channel_id=first.channel_id,
        provider=first.provider, operation=first.operation, model=first.model, upstream_model=first.upstream_model,
        response_model=outcome.model, status=200, end="complete", input_tokens=beyond.input,
        output_tokens=beyond.output, cached_tokens=beyond.cached, cache_write_tokens=beyond.cache_write,
        reasoning_tokens=beyond.reasoning, usage_source="upstream", cost=charge.amount,
        price_id=0 if terms.tariff is None else terms.tariff.id, finish_reason=outcome.finish_reason,
        user_id=first.user_id, organisation_id=first.organisation_id, group=first.group, accounts=first.accounts,
        provider_cost=charge.provider_amount, price_detail=charge.detail, client_protocol=first.client_protocol,
        upstream_protocol=first.upstream_protocol, plan=PLAN, team_id=first.team_id,
    )  # fmt: skip


class _Beyond(msgspec.Struct, frozen=True, kw_only=True):
    """Counts whose extra ones are whatever the adapters made."""

    input: int
    output: int
    cached: int
    cache_write: int
    reasoning: int
    extra: ExtraCounts | None


def _sum(first: Usage, rest: Usage) -> Counted:
    detail = read(rest.price_detail) if rest.price_detail else None
    more = counts_of(rest, detail)
    return Counted(
        first.input_tokens + more.input,
        first.output_tokens + more.output,
        first.cached_tokens + more.cached,
        first.cache_write_tokens + more.cache_write,
        first.reasoning_tokens + more.reasoning,
        more.extra,
    )


async def _correct(
    session: AsyncSession, task: Task, first: Usage, rest: Usage | None, charge: Charge, terms: _Terms, now: int
) -> int:
    """Book by how much what was booked differs from the charge; returns what the task costs then."""
    rows = [first] if rest is None else [first, rest]
    known = await corrections.sums(session, [row.request_id for row in rows])
    sums = [known.get(row.request_id, Sums()) for row in rows]
    cost = charge.amount - sum(row.cost for row in rows) - sum(each.cost for each in sums)
    provider_cost = (
        charge.provider_amount - sum(row.provider_cost for row in rows) - sum(each.provider_cost for each in sums)
    )
    if cost or provider_cost:
        correction = Correction(
            request_id=first.request_id, reference=f"{corrections.TASK}{task.reference}", at=now,
            price_id=0 if terms.tariff is None else terms.tariff.id, cost=cost, provider_cost=provider_cost,
            price_detail=charge.detail,
        )  # fmt: skip
        await book_differences(
            session, [correction], [difference(first, cost, provider_cost)], actor=GATEWAY,
            note=f"task {task.id}: what the provider counted",
        )  # fmt: skip
    return charge.amount


async def _close(session: AsyncSession, task: Task, outcome: Outcome, now: int, *, exact: bool) -> Task:
    task.state = outcome.state[:16]
    task.settlement = tasks.EXACT if exact else tasks.ESTIMATE
    task.updated_at = task.finished_at = now
    task.note = outcome.note[:255]
    await session.flush()
    return task
