"""Accounts: the operations. Written by `python -m admin.client` from the OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from admin.client.transport import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from admin.client.shapes.accounts import (
        AccountOut,
        EntryCreate,
        EntryOut,
        ListedAccountOut,
        ListedEntryOut,
        MoneyFlow,
        VerifyPage,
    )
    from admin.client.shapes.common import JobOut
    from admin.client.transport import Transport


class AccountsApi:
    """The operations of accounts."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list_accounts_file(
        self,
        file: Path,
        *,
        kind: Literal["user", "organisation", "budget", "channel", "subscription"] | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """Accounts by `id`, `balance` or `held`; for others than operators those of users: into a file."""
        return self._transport.download(
            "/api/v1/accounts",
            file,
            query={"kind": kind, "format": format, "limit": limit, "cursor": cursor, "sort": sort},
        )

    def list_accounts(
        self,
        *,
        kind: Literal["user", "organisation", "budget", "channel", "subscription"] | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedAccountOut:
        """Accounts by `id`, `balance` or `held`; for others than operators those of users ..."""
        return cast(
            "ListedAccountOut",
            self._transport.call(
                "GET", "/api/v1/accounts", query={"kind": kind, "limit": limit, "cursor": cursor, "sort": sort}
            ),
        )

    def every_accounts(
        self,
        *,
        kind: Literal["user", "organisation", "budget", "channel", "subscription"] | None = None,
        sort: str | None = None,
    ) -> Iterator[AccountOut]:
        """Accounts by `id`, `balance` or `held`; for others than operators those of users: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_accounts(kind=kind, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def get_account(self, account: str) -> AccountOut:
        """One account."""
        return cast("AccountOut", self._transport.call("GET", f"/api/v1/accounts/{segment(account, 'account')}"))

    def list_entries_file(
        self,
        account: str,
        file: Path,
        *,
        leases: bool | None = None,
        format: Literal["csv", "jsonl"],
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> int:
        """The account's entries, the newest first (`sort=-id`), or with `sort=id` the: into a file."""
        return self._transport.download(
            f"/api/v1/accounts/{segment(account, 'account')}/entries",
            file,
            query={"leases": leases, "format": format, "limit": limit, "cursor": cursor, "sort": sort},
        )

    def list_entries(
        self,
        account: str,
        *,
        leases: bool | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        sort: str | None = None,
    ) -> ListedEntryOut:
        """The account's entries, the newest first (`sort=-id`), or with `sort=id` the ..."""
        return cast(
            "ListedEntryOut",
            self._transport.call(
                "GET",
                f"/api/v1/accounts/{segment(account, 'account')}/entries",
                query={"leases": leases, "limit": limit, "cursor": cursor, "sort": sort},
            ),
        )

    def every_entries(self, account: str, *, leases: bool | None = None, sort: str | None = None) -> Iterator[EntryOut]:
        """The account's entries, the newest first (`sort=-id`), or with `sort=id` the: page after page."""
        cursor: str | None = None
        while True:
            page = self.list_entries(account, leases=leases, sort=sort, limit=1000, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def book_entry(self, account: str, body: EntryCreate, *, idempotency_key: str | None = None) -> EntryOut:
        """Book an entry; 200 with the earlier one when its reason and reference are ..."""
        return cast(
            "EntryOut",
            self._transport.call(
                "POST",
                f"/api/v1/accounts/{segment(account, 'account')}/entries",
                body,
                headers={"Idempotency-Key": idempotency_key},
            ),
        )

    def verify_ledger(
        self, *, part: Literal["accounts", "batches"] | None = None, after: str | None = None, limit: int | None = None
    ) -> VerifyPage:
        """Compute a page of accounts, or of settled batches, anew and compare."""
        return cast(
            "VerifyPage",
            self._transport.call("GET", "/api/v1/ledger/verify", query={"part": part, "after": after, "limit": limit}),
        )

    def start_ledger_verification(self) -> JobOut:
        """Verify all of it in the background: see /jobs/{id}."""
        return cast("JobOut", self._transport.call("POST", "/api/v1/ledger/verify"))

    def money_flow(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        per: Literal["day", "month"] | None = None,
        scope: Literal["own", "organisation", "all"] | None = None,
    ) -> MoneyFlow:
        """What is paid in, given, refunded and consumed, by day or month."""
        return cast(
            "MoneyFlow",
            self._transport.call(
                "GET", "/api/v1/money/flow", query={"since": since, "until": until, "per": per, "scope": scope}
            ),
        )
