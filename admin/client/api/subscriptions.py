"""Subscriptions: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.common import BulkDone
    from admin.client.shapes.subscriptions import (
        ListedPlanOut,
        ListedSubscriptionOut,
        PlanBulk,
        PlanChange,
        PlanCreate,
        PlanOut,
        PlanPatch,
        Refilled,
        SubscriptionBulk,
        SubscriptionBuy,
        SubscriptionDetail,
        SubscriptionGive,
        SubscriptionMade,
        SubscriptionOut,
        SubscriptionPatch,
        Withdrawal,
    )
    from admin.client.transport import Transport


class SubscriptionsApi:
    """The operations of subscriptions."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def change_subscriptions(self, body: SubscriptionBulk, *, idempotency_key: str | None = None) -> BulkDone:
        """End many subscriptions now, or give their present periods the full quota back."""
        return cast(
            "BulkDone",
            self._transport.call(
                "POST", "/api/v1/subscriptions/bulk", body, headers={"Idempotency-Key": idempotency_key}
            ),
        )

    def change_plans(self, body: PlanBulk) -> BulkDone:
        """Switch many plans on or off, or remove those that were never sold."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/plans/bulk", body))

    def list_plans_file(
        self,
        file: Path,
        *,
        q: str | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Plans by `position`, `name` or `id`; those who do not manage them see what is sold: into a file."""
        return self._transport.download(
            "/api/v1/plans", file, query={"q": q, "format": format, "limit": limit, "cursor": cursor, "sort": sort}
        )

    def list_plans(
        self, *, q: str | None = None, limit: int | None = None, cursor: str | None = None, sort: str | None = None
    ) -> ListedPlanOut:
        """Plans by `position`, `name` or `id`; those who do not manage them see what is sold."""
        return cast(
            "ListedPlanOut",
            self._transport.call(
                "GET", "/api/v1/plans", query={"q": q, "limit": limit, "cursor": cursor, "sort": sort}
            ),
        )

    def every_plans(self, *, q: str | None = None, sort: str | None = None) -> Iterator[PlanOut]:
        """Plans by `position`, `name` or `id`; those who do not manage them see what is sold: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_plans(q=q, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def create_plan(self, body: PlanCreate) -> PlanOut:
        """Make a plan."""
        return cast("PlanOut", self._transport.call("POST", "/api/v1/plans", body))

    def get_plan(self, plan: str) -> PlanOut:
        """One plan."""
        return cast("PlanOut", self._transport.call("GET", f"/api/v1/plans/{segment(plan, 'plan')}"))

    def change_plan(self, plan: str, body: PlanPatch, *, if_match: str | None = None) -> PlanOut:
        """Change what the body names."""
        return cast(
            "PlanOut",
            self._transport.call(
                "PATCH", f"/api/v1/plans/{segment(plan, 'plan')}", body, headers={"if-match": if_match}
            ),
        )

    def delete_plan(self, plan: str, *, if_match: str | None = None) -> None:
        """Remove a plan that was never sold; others can be switched off."""
        self._transport.call("DELETE", f"/api/v1/plans/{segment(plan, 'plan')}", headers={"if-match": if_match})

    def list_subscriptions_file(
        self,
        file: Path,
        *,
        state: Literal["active", "ended"] | None = None,
        plan: str | None = None,
        user: str | None = None,
        organisation: str | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Subscriptions by `id` or `paid_until`: into a file."""
        return self._transport.download(
            "/api/v1/subscriptions",
            file,
            query={
                "state": state,
                "plan": plan,
                "user": user,
                "organisation": organisation,
                "format": format,
                "limit": limit,
                "cursor": cursor,
                "sort": sort,
            },
        )

    def list_subscriptions(
        self,
        *,
        state: Literal["active", "ended"] | None = None,
        plan: str | None = None,
        user: str | None = None,
        organisation: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedSubscriptionOut:
        """Subscriptions by `id` or `paid_until`."""
        return cast(
            "ListedSubscriptionOut",
            self._transport.call(
                "GET",
                "/api/v1/subscriptions",
                query={
                    "state": state,
                    "plan": plan,
                    "user": user,
                    "organisation": organisation,
                    "limit": limit,
                    "cursor": cursor,
                    "sort": sort,
                },
            ),
        )

    def every_subscriptions(
        self,
        *,
        state: Literal["active", "ended"] | None = None,
        plan: str | None = None,
        user: str | None = None,
        organisation: str | None = None,
        sort: str | None = None,
    ) -> Iterator[SubscriptionOut]:
        """Subscriptions by `id` or `paid_until`: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_subscriptions(
                state=state, plan=plan, user=user, organisation=organisation, sort=sort, limit=1000, cursor=cursor
            )
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def buy_subscription(self, body: SubscriptionBuy, *, idempotency_key: str | None = None) -> SubscriptionMade:
        """Buy a plan."""
        return cast(
            "SubscriptionMade",
            self._transport.call("POST", "/api/v1/subscriptions", body, headers={"Idempotency-Key": idempotency_key}),
        )

    def give_subscription(self, body: SubscriptionGive, *, idempotency_key: str | None = None) -> SubscriptionOut:
        """Give somebody terms of a plan for nothing; while one of that plan runs, it ..."""
        return cast(
            "SubscriptionOut",
            self._transport.call(
                "POST", "/api/v1/subscriptions/give", body, headers={"Idempotency-Key": idempotency_key}
            ),
        )

    def get_subscription(self, subscription: int) -> SubscriptionDetail:
        """One subscription, what is left of its present period, and its terms."""
        return cast(
            "SubscriptionDetail",
            self._transport.call("GET", f"/api/v1/subscriptions/{segment(subscription, 'subscription')}"),
        )

    def change_subscription(
        self, subscription: int, body: SubscriptionPatch, *, if_match: str | None = None
    ) -> SubscriptionOut:
        """Whether it is renewed, and in which order it and the balance pay."""
        return cast(
            "SubscriptionOut",
            self._transport.call(
                "PATCH",
                f"/api/v1/subscriptions/{segment(subscription, 'subscription')}",
                body,
                headers={"if-match": if_match},
            ),
        )

    def change_subscription_plan(
        self, subscription: int, body: PlanChange, *, idempotency_key: str | None = None
    ) -> SubscriptionOut:
        """Take another plan."""
        return cast(
            "SubscriptionOut",
            self._transport.call(
                "POST",
                f"/api/v1/subscriptions/{segment(subscription, 'subscription')}/plan",
                body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def reset_subscription(self, subscription: int, *, idempotency_key: str | None = None) -> Refilled:
        """Give the present period its full quota back."""
        return cast(
            "Refilled",
            self._transport.call(
                "POST",
                f"/api/v1/subscriptions/{segment(subscription, 'subscription')}/reset",
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def end_subscription(self, subscription: int, body: Withdrawal) -> SubscriptionOut:
        """End it now; what is left of its quota lapses."""
        return cast(
            "SubscriptionOut",
            self._transport.call("POST", f"/api/v1/subscriptions/{segment(subscription, 'subscription')}/end", body),
        )
