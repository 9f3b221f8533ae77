"""Redemption codes: making, listing, exporting and withdrawing them, and redeeming one."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit, bulk, exports, order_rows
from admin.caller import Caller, needs, needs_all, step_up
from admin.endpoints.common import problems
from admin.exports import Format
from admin.idempotent import Once
from admin.list_files import ListRoute
from admin.listing import Listed, Paged, Search, fetch
from admin.payments.guessing import Guesses
from admin.problems import Problem, invalid
from admin.schemas.account import signed_to_nano
from admin.schemas.amounts import nano_to_usd
from admin.schemas.redemption_code import (
    CodeBulk,
    CodeOut,
    CodesCreate,
    CodeShown,
    CodesMade,
    Redeem,
    Redeemed,
    Removed,
    State,
    code_out,
)
from admin.services import Services
from admin.surroundings import Surroundings
from storage.crypto import SealError
from storage.ledger import accounts
from storage.ledger.transactions import new_id
from storage.listing import Page
from storage.models.redemption_code import RedemptionCode
from storage.payments import codes
from storage.payments.fulfilment import By
from storage.repositories import users

router = APIRouter(tags=["payments"], route_class=ListRoute)

Readers = Annotated[Caller, needs_all("codes.read")]
Writers = Annotated[Caller, needs_all("codes.write")]
CodeId = Annotated[int, Path(ge=1, lt=2**62)]

SORTS = {"id": RedemptionCode.id, "created_at": RedemptionCode.created_at, "name": RedemptionCode.name}
COLUMNS = (
    "id",
    "code",
    "name",
    "batch",
    "credit",
    "state",
    "redeemed_by_name",
    "redeemed_at",
    "expires_at",
    "created_at",
)

_CONTEXT = "redemption-code"
_guesses = Guesses(limit=20, window_s=3600)


@router.get("/redemption-codes", responses=problems(), operation_id="list_redemption_codes")
async def list_codes(
    services: Surroundings,
    _caller: Readers,
    page: Paged,
    q: Search = "",
    state: State | None = None,
    batch: Annotated[str | None, Query(max_length=40, pattern=r"^[^\x00]*$")] = None,
) -> Listed[CodeOut]:
    """Codes, the newest first (`sort=-id`); `q` is a whole code, or how a name, a batch or a code begins.

    `sort` is one of id, created_at, name.
    """
    page = page._replace(sort=page.sort or "-id")
    async with services.sessions() as session:
        rows, following = await _page(session, services, page, state, batch, q)
        items = await _shown(session, rows, services.clock())
    return Listed(items=items, next=following)


@router.post(
    "/redemption-codes", status_code=201, responses=problems(400, 409, 413), operation_id="create_redemption_codes"
)
async def create_codes(services: Surroundings, caller: Writers, wanted: CodesCreate, once: Once) -> CodesMade:
    """Make a batch."""
    if wanted.expires_at is not None and wanted.expires_at.timestamp() <= services.clock():
        raise invalid([("body.expires_at", "has passed")])
    texts = wanted.codes or [codes.new_code() for _ in range(wanted.count)]
    if len({codes.normal(text) for text in texts}) < len(texts):
        raise invalid([("body.codes", "has one of them twice")])
    credit, batch = signed_to_nano(wanted.credit), new_id()
    expires_at = None if wanted.expires_at is None else int(wanted.expires_at.timestamp())
    new = [codes.NewCode(text, services.box.seal(text, _CONTEXT), credit) for text in texts]
    # The answer of a repeated call is the batch: its codes are sealed where they are, and nowhere else.
    async with once.transaction(CodesMade) as (session, before):
        if before is not None:
            rows = await session.scalars(codes.query(now=0, batch=before.batch).order_by(RedemptionCode.id))
            return CodesMade(batch=before.batch, codes=[_text(services, row) for row in rows])
        by = By(caller.name, services.clock())
        await codes.add(session, new, name=wanted.name, batch=batch, by=by, expires_at=expires_at)
        await audit.record(
            session, services, caller, "codes.create", kind="code", id=batch, name=wanted.name,
            after={"batch": batch, "count": len(texts), "credit": wanted.credit},
        )  # fmt: skip
        once.answer(CodesMade(batch=batch, codes=[]))
    return CodesMade(batch=batch, codes=texts)


@router.get(
    "/redemption-codes/export",
    response_class=StreamingResponse,
    responses=problems() | exports.FILES,
    operation_id="export_redemption_codes",
    dependencies=[Depends(step_up)],
)
async def export_codes(
    services: Surroundings,
    caller: Writers,
    form: Annotated[Format, Query(alias="format")] = "csv",
    q: Search = "",
    state: State | None = None,
    batch: Annotated[str | None, Query(max_length=40, pattern=r"^[^\x00]*$")] = None,
) -> StreamingResponse:
    """A file of codes with their texts."""
    async with services.sessions.begin() as session:
        await audit.record(
            session, services, caller, "codes.export", kind="code", id=batch or "", after={"state": state or ""}
        )

    async def batches() -> AsyncIterator[list[dict[str, Any]]]:
        at: str | None = ""
        while at is not None:
            async with services.sessions() as session:
                rows, at = await _page(session, services, Page(1000, at, "id"), state, batch, q)
                shown = await _shown(session, rows, services.clock())
            yield [
                {**one.model_dump(mode="json"), "code": _text(services, row)}
                for one, row in zip(shown, rows, strict=True)
            ]

    return await exports.export(batches(), COLUMNS, form, "redemption-codes")


@router.get("/redemption-codes/{code}", responses=problems(404), operation_id="get_redemption_code")
async def get_code(services: Surroundings, _caller: Readers, code: CodeId) -> CodeOut:
    """One code, without its text."""
    async with services.sessions() as session:
        row = await _load(session, code)
        (shown,) = await _shown(session, [row], services.clock())
    return shown


@router.post(
    "/redemption-codes/{code}/reveal",
    responses=problems(404),
    operation_id="reveal_redemption_code",
    dependencies=[Depends(step_up)],
)
async def reveal_code(services: Surroundings, caller: Writers, code: CodeId) -> CodeShown:
    """The text of a code."""
    async with services.sessions.begin() as session:
        row = await _load(session, code)
        await audit.record(session, services, caller, "codes.reveal", kind="code", id=row.id, name=row.name)
    return CodeShown(code=_text(services, row))


@router.post("/redemption-codes/bulk", responses=problems(400, 413), operation_id="change_redemption_codes")
async def change_codes(services: Surroundings, caller: Writers, wanted: CodeBulk) -> bulk.BulkDone:
    """Switch codes off or on, or delete them; redeemed ones stay as they are."""

    async def change(code_id: int) -> None:
        async with services.sessions.begin() as session:
            row = await _load(session, code_id)
            if wanted.action == "delete":
                changed = await codes.remove(session, [code_id])
            else:
                changed = await codes.set_enabled(session, [code_id], enabled=wanted.action == "enable")
            if not changed:
                raise Problem(409, "It is redeemed.")
            await audit.record(
                session, services, caller, f"codes.{wanted.action}", kind="code", id=code_id, name=row.name
            )

    meant = list(wanted.ids)
    if wanted.filter is not None:
        which = wanted.filter
        async with services.sessions() as session:
            statement = codes.query(now=services.clock(), state=which.state, batch=which.batch, search=which.q)
            meant += await bulk.ids(session, statement, RedemptionCode.id)
    return await bulk.each(meant, change, dry_run=wanted.dry_run)


@router.delete("/redemption-codes/unusable", responses=problems(), operation_id="remove_unusable_redemption_codes")
async def remove_unusable(services: Surroundings, caller: Writers) -> Removed:
    """Delete what has expired or is switched off and was not redeemed."""
    async with services.sessions.begin() as session:
        removed = await codes.remove_unusable(session, services.clock())
        await audit.record(
            session, services, caller, "codes.remove-unusable", kind="code", id="", after={"removed": removed}
        )
    return Removed(removed=removed)


@router.post("/redemptions", responses=problems(400, 404, 409, 413, 429), operation_id="redeem_code")
async def redeem(
    services: Surroundings, caller: Annotated[Caller, needs("orders.write")], wanted: Redeem, once: Once
) -> Redeemed:
    """Credit oneself with a code."""
    who = str(caller.user_id)
    if not _guesses.allow(who, services.clock()):
        raise Problem(429, "Too many codes that are none; try again in an hour.", headers={"retry-after": "3600"})
    async with once.transaction(Redeemed) as (session, before):
        if before is not None:
            return before
        user = await order_rows.payer(session, caller.user_id)
        try:
            row = await codes.redeem(session, wanted.code, user.id, By(caller.name, services.clock()))
        except codes.NotRedeemableError as error:
            if error.state == "unknown":
                _guesses.wrong(who, services.clock())
                raise Problem(404, "There is no such code.", slug="not-found") from None
            raise Problem(409, f"The code is {error.state}.", slug=f"code-{error.state}") from None
        account = (await accounts.of(session, accounts.USER, [user.id]))[user.id]
        made = Redeemed(credit=nano_to_usd(row.credit), balance=nano_to_usd(account.balance))
        await audit.record(
            session, services, caller, "codes.redeem", kind="code", id=row.id, name=row.name,
            after={"credit": made.credit},
        )  # fmt: skip
        return once.answer(made)


async def _load(session: AsyncSession, code_id: int) -> RedemptionCode:
    row = await codes.get(session, code_id)
    if row is None:
        raise Problem(404, "There is no such code.", slug="not-found")
    return row


async def _page(
    session: AsyncSession, services: Services, page: Page, state: str | None, batch: str | None, q: str
) -> tuple[list[RedemptionCode], str | None]:
    statement = codes.query(now=services.clock(), state=state, batch=batch, search=q)
    rows, following = await fetch(session, statement, page, SORTS, RedemptionCode.id)
    return list(rows), following


async def _shown(session: AsyncSession, rows: list[RedemptionCode], now: int) -> list[CodeOut]:
    names = await users.names(session, {row.redeemed_by for row in rows if row.redeemed_by is not None})
    return [code_out(row, names, now) for row in rows]


def _text(services: Services, row: RedemptionCode) -> str:
    """The text of a code; codes that came from another gateway may be known by their digest only."""
    if row.sealed is None:
        return row.hint
    try:
        return services.box.open(row.sealed, _CONTEXT)
    except SealError:
        raise Problem(409, "The code does not open with this gateway's secret key.") from None
