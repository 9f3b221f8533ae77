"""Budgets: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.budgets import (
        BudgetBulk,
        BudgetCreate,
        BudgetOut,
        BudgetPatch,
        BudgetReset,
        ListedBudgetOut,
    )
    from admin.client.shapes.common import BulkDone
    from admin.client.transport import Transport


class BudgetsApi:
    """The operations of budgets."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_budgets_file(
        self,
        file: Path,
        *,
        scope: Literal["key", "user", "team", "organisation"] | None = None,
        owner: str | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Budgets by `id`; for others than operators those of whom they reach: into a file."""
        return self._transport.download(
            "/api/v1/budgets",
            file,
            query={"scope": scope, "owner": owner, "format": format, "limit": limit, "cursor": cursor, "sort": sort},
        )

    def list_budgets(
        self,
        *,
        scope: Literal["key", "user", "team", "organisation"] | None = None,
        owner: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedBudgetOut:
        """Budgets by `id`; for others than operators those of whom they reach."""
        return cast(
            "ListedBudgetOut",
            self._transport.call(
                "GET",
                "/api/v1/budgets",
                query={"scope": scope, "owner": owner, "limit": limit, "cursor": cursor, "sort": sort},
            ),
        )

    def every_budgets(
        self,
        *,
        scope: Literal["key", "user", "team", "organisation"] | None = None,
        owner: str | None = None,
        sort: str | None = None,
    ) -> Iterator[BudgetOut]:
        """Budgets by `id`; for others than operators those of whom they reach: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_budgets(scope=scope, owner=owner, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def create_budget(self, body: BudgetCreate) -> BudgetOut:
        """Make a budget."""
        return cast("BudgetOut", self._transport.call("POST", "/api/v1/budgets", body))

    def get_budget(self, budget: int) -> BudgetOut:
        """One budget."""
        return cast("BudgetOut", self._transport.call("GET", f"/api/v1/budgets/{segment(budget, 'budget')}"))

    def change_budget(self, budget: int, body: BudgetPatch, *, if_match: str | None = None) -> BudgetOut:
        """Change what the body names."""
        return cast(
            "BudgetOut",
            self._transport.call(
                "PATCH", f"/api/v1/budgets/{segment(budget, 'budget')}", body, headers={"if-match": if_match}
            ),
        )

    def delete_budget(self, budget: int, *, if_match: str | None = None) -> None:
        """Remove a budget."""
        self._transport.call("DELETE", f"/api/v1/budgets/{segment(budget, 'budget')}", headers={"if-match": if_match})

    def reset_budget(self, budget: int, *, idempotency_key: str | None = None) -> BudgetReset:
        """Give the present period its full amount back."""
        return cast(
            "BudgetReset",
            self._transport.call(
                "POST",
                f"/api/v1/budgets/{segment(budget, 'budget')}/reset",
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def change_budgets(self, body: BudgetBulk) -> BulkDone:
        """Change or remove many budgets."""
        return cast("BulkDone", self._transport.call("POST", "/api/v1/budgets/bulk", body))
