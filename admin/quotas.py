"""The state of an account as people set it, for ETags: requests that are paid from it do not change its tag."""

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from admin import etags
from storage.ledger import accounts
from storage.ledger.quota import last_by_hand
from storage.models import Account


class Quota(BaseModel):
    """Whether the balance limits, and the last entry that somebody booked by hand; 0: none."""

    account_id: int
    limited: bool
    last_entry: int


async def quota_of(session: AsyncSession, account: Account | accounts.Locked) -> Quota:
    """What PUT .../quota of the account's user or organisation changes."""
    last = await last_by_hand(session, account.id)
    return Quota(account_id=account.id, limited=account.limited, last_entry=last)


async def check_quota(session: AsyncSession, account: Account, if_match: str | None) -> None:
    """Raise 412 when the caller named another tag. Nobody changes the account until the transaction is over."""
    held = (await accounts.lock(session, [account.id])).get(account.id) or account
    etags.check(if_match, await quota_of(session, held))
