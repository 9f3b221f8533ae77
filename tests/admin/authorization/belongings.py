"""What people of an organisation have besides users and keys: orders, subscriptions, webhooks, captures, requests."""

from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Capture, CaptureRule, Order, Plan, Subscription, Task, User
from storage.models.event import Target
from storage.records import UsageRecord
from storage.repositories import tasks, usage


async def give(session: AsyncSession, name: str, user: User, key_id: int, now: int) -> dict[str, str]:
    """One of each for a user, named after the organisation; by the name of the path parameter -> reference."""
    home = user.organisation_id
    targets = [
        Target(kind=kind, name=f"{name}-{kind}", user_id=user.id, url=f"https://{name}.example.com/", events=["*"])
        for kind in ("webhook", "gotify")
    ]
    order = Order(
        number=f"{name.upper()}-ORDER", purpose="topup", title=f"{name} top-up", user_id=user.id, organisation_id=home,
        account_kind="user", account_subject_id=user.id, provider="manual", currency="USD", amount=100, value=1,
        credit=1, details={}, actor=f"user:{name}", created_at=now, expires_at=now + 999, updated_at=now,
    )  # fmt: skip
    plan = Plan(name=f"plan-{user.id}", price=1, term_unit="month", quota=1)
    rule = CaptureRule(scope="key", scope_id=key_id, max_bytes=65536, keep_s=86400, redact={}, note=f"{name}-note")
    session.add_all([*targets, order, plan, rule])
    await session.flush()
    subscription = Subscription(
        scope="user", scope_id=user.id, plan_id=plan.id, term_start=now, term_end=now + 999, paid_until=now + 999,
        price=1, quota=1, reset="term", use="first", overflow=True, created_at=now, updated_at=now,
    )  # fmt: skip
    request = f"req_{name}"
    times: dict[str, Any] = {"started_at": now * 1_000_000, "key_id": key_id}
    capture = Capture(
        request_id=request, user_id=user.id, organisation_id=home or 0, rule_id=rule.id, request_bytes=1,
        response_bytes=1, size=2, expires_at=now + 999, sealed=b"x", **times,
    )  # fmt: skip
    session.add_all([subscription, capture])
    record = UsageRecord(
        request_id=request, channel_id=1, model=f"{name}-model", user_id=user.id, organisation_id=home or 0, **times
    )
    await usage.insert_many(session, [record])
    begun = tasks.Begun(tasks.RESPONSE, f"resp_{name}", f"req_task_{name}", now)
    await tasks.add(session, [msgspec.structs.replace(record, task=tasks.packed(begun))])
    task = await session.scalar(select(Task.id).where(Task.request_id == request))
    await session.flush()
    return {
        "webhook": str(targets[0].id), "target": str(targets[1].id), "number": order.number, "rule": str(rule.id),
        "subscription": str(subscription.id), "request_id": request, "delivery": "1",
        "task": str(task),
    }  # fmt: skip
