"""Redemption codes: making, finding, switching and redeeming them.

A code is 125 random bits and is found by its digest; of several who redeem it at the same time one gets the credit.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple, cast

from sqlalchemy import CursorResult, Select, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import crypto
from storage.ledger import accounts, entries
from storage.ledger.transactions import begin_write, table_of
from storage.models.redemption_code import RedemptionCode
from storage.payments.fulfilment import By

# Without the letters that look like digits (Crockford's base 32).
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PARTS, _PART = 5, 5
_CHUNK = 500
MAX_LENGTH = 128

AVAILABLE = "available"
REDEEMED = "redeemed"
EXPIRED = "expired"
DISABLED = "disabled"
STATES = (AVAILABLE, REDEEMED, EXPIRED, DISABLED)

_C = table_of(RedemptionCode).c


class NewCode(NamedTuple):
    """One code to be stored: its text, its sealed text, credit in nano-USD."""

    code: str
    sealed: bytes | None
    credit: int


class NotRedeemableError(ValueError):
    """The code is unknown, or `state` says why it is worth nothing any more."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def new_code() -> str:
    """A new code: five groups of five characters."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_PART)) for _ in range(_PARTS))


def normal(code: str) -> str:
    """The code without what people add or change when they type it: case, spaces, dashes."""
    return "".join(code.split()).replace("-", "").upper()


def digest(code: str) -> bytes:
    """What a code is found by."""
    return crypto.digest(normal(code))


def state_of(row: RedemptionCode, now: int) -> str:
    """What became of the code."""
    if row.redeemed_at is not None:
        return REDEEMED
    if not row.enabled:
        return DISABLED
    return EXPIRED if row.expires_at is not None and row.expires_at <= now else AVAILABLE


async def add(
    session: AsyncSession, new: Iterable[NewCode], *, name: str, batch: str, by: By, expires_at: int | None
) -> None:
    """Store a batch. Raises sqlalchemy.exc.IntegrityError when one of the codes is there already."""
    rows: list[dict[str, Any]] = [
        {
            "digest": digest(one.code), "sealed": one.sealed, "hint": one.code[:5] + "...", "name": name,
            "batch": batch, "credit": one.credit, "enabled": True, "actor": by.actor, "created_at": by.now,
            "expires_at": expires_at, "redeemed_by": None, "redeemed_at": None,
        }
        for one in new
    ]  # fmt: skip
    for start in range(0, len(rows), _CHUNK):
        await session.execute(insert(RedemptionCode), rows[start : start + _CHUNK])


async def known(session: AsyncSession, codes: Iterable[str]) -> set[bytes]:
    """The digests of those of the codes that are here, whatever became of them."""
    wanted = [digest(code) for code in codes]
    return set((await session.scalars(select(_C.digest).where(_C.digest.in_(wanted)))).all()) if wanted else set()


async def redeem(session: AsyncSession, code: str, user_id: int, by: By) -> RedemptionCode:
    """Credit the user with the code. Raises NotRedeemableError; its state is "unknown" for a code that is none."""
    await begin_write(session)
    statement = select(RedemptionCode).where(_C.digest == digest(code)).with_for_update()
    row = (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise NotRedeemableError("unknown")
    state = state_of(row, by.now)
    if state != AVAILABLE:
        raise NotRedeemableError(state)
    row.redeemed_by, row.redeemed_at = user_id, by.now
    await session.flush()
    subject = (accounts.USER, user_id, 0)
    account_id = (await accounts.ensure(session, [subject]))[subject]
    if row.credit:
        await entries.post(
            session, account_id, row.credit, reason=entries.REDEMPTION, actor=by.actor, reference=f"code:{row.id}",
            note=row.name, now=by.now,
        )  # fmt: skip
    return row


def query(
    *, now: int, state: str | None = None, name: str | None = None, batch: str | None = None, search: str = ""
) -> Select[RedemptionCode]:
    """A list of codes; `search` is a whole code, or the beginning of a name, a batch or a code."""
    statement = select(RedemptionCode)
    if name is not None:
        statement = statement.where(_C.name == name)
    if batch is not None:
        statement = statement.where(_C.batch == batch)
    if state is not None:
        statement = statement.where(_in_state(state, now))
    if len(normal(search)) >= _PARTS * _PART:
        statement = statement.where(_C.digest == digest(search))
    elif search:
        begins = [column.startswith(search, autoescape=True) for column in (_C.name, _C.batch, _C.hint)]
        statement = statement.where(or_(_C.digest == digest(search), *begins))
    return statement


def _in_state(state: str, now: int) -> Any:  # noqa: ANN401  # a condition of SQL
    if state == REDEEMED:
        return _C.redeemed_at.is_not(None)
    open_ = _C.redeemed_at.is_(None)
    past = and_(_C.expires_at.is_not(None), _C.expires_at <= now)
    if state == DISABLED:
        return and_(open_, ~_C.enabled)
    return and_(open_, _C.enabled, past if state == EXPIRED else or_(_C.expires_at.is_(None), _C.expires_at > now))


async def get(session: AsyncSession, code_id: int) -> RedemptionCode | None:
    """The code of that id."""
    return await session.get(RedemptionCode, code_id)


async def set_enabled(session: AsyncSession, ids: Collection[int], *, enabled: bool) -> int:
    """Switch codes that are not redeemed; returns how many."""
    statement = update(RedemptionCode).where(_C.id.in_(ids), _C.redeemed_at.is_(None)).values(enabled=enabled)
    return cast("CursorResult[Any]", await session.execute(statement)).rowcount


async def remove(session: AsyncSession, ids: Collection[int]) -> int:
    """Delete codes that are not redeemed; returns how many. What was redeemed stays, for its entry refers to it."""
    statement = delete(RedemptionCode).where(_C.id.in_(ids), _C.redeemed_at.is_(None))
    return cast("CursorResult[Any]", await session.execute(statement)).rowcount


async def remove_unusable(session: AsyncSession, now: int) -> int:
    """Delete what has expired or is switched off, unredeemed; returns how many."""
    useless = or_(~_C.enabled, and_(_C.expires_at.is_not(None), _C.expires_at <= now))
    statement = delete(RedemptionCode).where(_C.redeemed_at.is_(None), useless)
    return cast("CursorResult[Any]", await session.execute(statement)).rowcount
