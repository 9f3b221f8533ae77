"""What is done for an order when it is paid, refunded, or a refund comes to nothing: one fulfilment for each purpose.

It runs in the transaction that marks the order, with the order locked, and once for each of these changes. It writes
through the session only, and asks nothing remote.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from storage.ledger import accounts, entries
from storage.models.order import Order, Refund

TOPUP = "topup"
SUBSCRIPTION = "subscription"


class By(NamedTuple):
    """Who does it (for the ledger: "user:ann", "stripe") and when, in Unix seconds."""

    actor: str
    now: int


class CannotFulfilError(Exception):
    """What was bought cannot be given; the text says why, for finance. The order waits for review."""


class UnknownPurposeError(LookupError):
    """No fulfilment is registered for that purpose."""


class Fulfilment(Protocol):
    """What an order's purpose does. Raises CannotFulfilError from `paid` only; its changes are undone then."""

    async def paid(self, session: AsyncSession, order: Order, by: By) -> None:
        """Give what was bought."""
        ...

    async def refunded(self, session: AsyncSession, order: Order, refund: Refund, by: By) -> None:
        """Take back `refund.credit` nano-USD, or what the purpose thinks right; the money is gone whatever is left."""
        ...

    async def restored(self, session: AsyncSession, order: Order, refund: Refund, by: By) -> None:
        """Undo `refunded`: the refund failed, or a dispute was won."""
        ...


_fulfilments: dict[str, Fulfilment] = {}


def register(purpose: str, fulfilment: Fulfilment) -> None:
    """Orders of `purpose` are fulfilled so from now on."""
    _fulfilments[purpose] = fulfilment


def of(purpose: str) -> Fulfilment:
    """The fulfilment of that purpose. Raises UnknownPurposeError: no order of another purpose may be made."""
    try:
        return _fulfilments[purpose]
    except KeyError:
        msg = f"nobody fulfils {purpose!r}"
        raise UnknownPurposeError(msg) from None


class TopUp:
    """Credit for the order's account."""

    async def paid(self, session: AsyncSession, order: Order, by: By) -> None:
        """Credit it."""
        try:
            await self._post(session, order, order.credit, entries.TOPUP, f"order:{order.number}", by)
        except OverflowError as error:
            raise CannotFulfilError(str(error)) from None

    async def refunded(self, session: AsyncSession, order: Order, refund: Refund, by: By) -> None:
        """Take the credit of the refund, into the red if it is spent."""
        await self._post(session, order, -refund.credit, entries.REFUND, f"refund:{refund.number}", by)

    async def restored(self, session: AsyncSession, order: Order, refund: Refund, by: By) -> None:
        """Give it back."""
        await self._post(session, order, refund.credit, entries.CORRECTION, f"refund:{refund.number}", by)

    async def _post(
        self, session: AsyncSession, order: Order, amount: int, reason: str, reference: str, by: By
    ) -> None:
        if not amount:
            return
        subject = (order.account_kind, order.account_subject_id, 0)
        account_id = (await accounts.ensure(session, [subject]))[subject]
        await entries.post(
            session, account_id, amount, reason=reason, actor=by.actor, reference=reference, now=by.now,
            note=f"{order.provider} {order.payment_ref or ''}".strip(), overdraw=True,
        )  # fmt: skip


register(TOPUP, TopUp())
