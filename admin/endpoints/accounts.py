"""Accounts and their entries: listing, and booking by hand. Every change of a balance is an entry; none is changed."""

import time
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, etags, owners
from admin.caller import EVERYTHING, Caller, Scope, needs, needs_all
from admin.endpoints import organisations as organisation_endpoints
from admin.endpoints import users as user_endpoints
from admin.endpoints.common import NO_ID, object_id, problems
from admin.idempotent import Once
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, fetch
from admin.problems import Problem, invalid, not_found
from admin.quotas import quota_of
from admin.schemas.account import (
    AccountOut,
    EntryCreate,
    EntryOut,
    Kind,
    entry_out,
    money_of,
    signed_to_nano,
    time_of,
)
from admin.schemas.amounts import nano_to_usd
from admin.surroundings import Surroundings
from storage.ledger import accounts, budgets, entries
from storage.models import Account, Entry
from storage.repositories import channels, organisations, users
from storage.subscriptions import purses as subscription_purses

router = APIRouter(prefix="/accounts", tags=["accounts"], route_class=ListRoute)

SORTS = {"id": Account.id, "balance": Account.balance, "held": Account.held}
ENTRY_SORTS = {"id": Entry.id}
"""An account may have millions: by their ids, which are in the order of time, there is an index."""

Readers = Annotated[Caller, needs("accounts.read")]
AccountRef = Annotated[
    str,
    Path(
        min_length=1,
        max_length=220,
        description="An id, or kind:name such as user:ann, organisation:acme, channel:openai-main; budget:7 is the "
        "present period of the budget with that id, subscription:7 that of the subscription.",
        examples=["user:ann"],
    ),
]


async def _load(session: AsyncSession, ref: str, scope: Scope = EVERYTHING) -> Account:
    kind, colon, name = ref.partition(":")
    number = object_id(ref) if not colon else await _subject(session, kind, name)
    account: Account | None = None
    if not colon:
        account = None if number is None else await accounts.get(session, number)
    elif number is not None:
        account = (await accounts.of(session, kind, [number])).get(number)
        if kind == accounts.BUDGET and (budget := await budgets.get(session, number)) is not None:
            account = (await budgets.present(session, [budget], int(time.time()))).get(number)
        if kind == accounts.SUBSCRIPTION:
            account = await subscription_purses.present(session, number, int(time.time()))
    if account is None or not await owners.holds(session, scope, account.kind, account.subject_id):
        raise not_found("account", ref)
    return account


async def _subject(session: AsyncSession, kind: str, name: str) -> int | None:
    """The id of the user, organisation, channel or budget; ids of removed ones are fine, for their accounts remain."""
    number = object_id(name)
    if number is not None or kind not in {accounts.USER, accounts.ORGANISATION, accounts.CHANNEL}:
        return number
    if kind == accounts.CHANNEL:
        channel = await channels.find_by_name(session, name)
        return NO_ID if channel is None else channel.id
    if kind == accounts.USER:
        return (await user_endpoints.load(session, name)).id
    return (await organisation_endpoints.load(session, name)).id


async def _names(session: AsyncSession, rows: Sequence[Account]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    sources: dict[str, Any] = {"user": users, "organisation": organisations, "channel": channels}
    for row in rows:
        if row.kind in sources:
            subject = await sources[row.kind].get(session, row.subject_id)
            found[row.kind, row.subject_id] = subject.name if subject is not None else ""
    return found


def _shown(row: Account, names: dict[tuple[str, int], str]) -> AccountOut:
    return AccountOut.model_validate(
        {
            "id": row.id,
            "kind": row.kind,
            "subject_id": row.subject_id,
            "name": names.get((row.kind, row.subject_id), ""),
            "period_start": time_of(row.period_start) if row.period_start else None,
            "money": money_of(row),
        }
    )


@router.get("", responses=problems(), operation_id="list_accounts")
async def list_accounts(
    services: Surroundings,
    caller: Readers,
    page: Paged,
    kind: Kind | None = None,
) -> Listed[AccountOut]:
    """Accounts by `id`, `balance` or `held`; for others than operators those of users and organisations they reach."""
    statement = accounts.query(kind=kind, **caller.scope("accounts.read")._asdict())
    async with services.sessions() as session:
        rows, following = await fetch(session, statement, page, SORTS, Account.id)
        names = await _names(session, rows)
    return Listed(items=[_shown(row, names) for row in rows], next=following)


@router.get("/{account}", responses=problems(404), operation_id="get_account")
async def get_account(services: Surroundings, caller: Readers, account: AccountRef, response: Response) -> AccountOut:
    """One account. Its ETag is that of the quota, which changes with entries that are booked by hand."""
    async with services.sessions() as session:
        row = await _load(session, account, caller.scope("accounts.read"))
        response.headers["etag"] = etags.etag_of(await quota_of(session, row))
        return _shown(row, await _names(session, [row]))


@router.get("/{account}/entries", responses=problems(404), operation_id="list_entries")
async def list_entries(
    services: Surroundings,
    caller: Readers,
    account: AccountRef,
    page: Paged,
    leases: Annotated[bool, Query(description="Also what replicas take and give back.")] = True,
) -> Listed[EntryOut]:
    """The account's entries, the newest first (`sort=-id`), or with `sort=id` the earliest."""
    page = page._replace(sort=page.sort or "-id")
    reasons = () if leases else (entries.REQUEST, *entries.BY_HAND)
    async with services.sessions() as session:
        row = await _load(session, account, caller.scope("accounts.read"))
        rows, following = await fetch(session, entries.query(row.id, reasons=reasons), page, ENTRY_SORTS, Entry.id)
    return Listed(items=[entry_out(one) for one in rows], next=following)


@router.post(
    "/{account}/entries",
    status_code=201,
    responses={200: {"model": EntryOut, "description": "It was booked before."}, **problems(400, 404, 409, 413)},
    operation_id="book_entry",
)
async def book_entry(
    services: Surroundings,
    caller: Annotated[Caller, needs_all("accounts.write")],
    account: AccountRef,
    wanted: EntryCreate,
    once: Once,
    response: Response,
) -> EntryOut:
    """Book an entry; 200 with the earlier one when its reason and reference are booked already."""
    amount = signed_to_nano(wanted.amount)
    if not amount:
        raise invalid([("body.amount", "must not be 0")])
    async with once.transaction(EntryOut) as (session, before):
        if before is not None:
            response.status_code = 200
            return before
        row = await _load(session, account)
        try:
            entry, new = await entries.post(
                session, row.id, amount, reason=wanted.reason, actor=caller.name, reference=wanted.reference or "",
                note=wanted.note, overdraw=wanted.overdraw,
            )  # fmt: skip
        except entries.DifferentEntryError:
            raise Problem(409, "This reason and reference are booked already, with another amount.") from None
        except entries.InsufficientError as error:
            missing = nano_to_usd(error.missing)
            raise Problem(409, f"The account has {missing} USD less than that to spare.", slug="insufficient") from None
        except OverflowError:
            raise invalid([("body.amount", "would move the balance beyond what an account holds")]) from None
        shown = once.answer(entry_out(entry))
        if new:
            _, home = await owners.owner_of(session, row.kind, row.subject_id)
            await audit.record(
                session, services, caller, "accounts.book", kind="account", id=row.id,
                name=f"{row.kind}:{row.subject_id}", after=shown, organisation_id=home,
            )  # fmt: skip
    response.status_code = 201 if new else 200
    return shown
