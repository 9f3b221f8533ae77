"""The verification of the ledger, a page at a time, so that no request takes long on a large one."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from admin.endpoints.common import problems
from admin.problems import invalid
from admin.schemas.account import VerifyPage, difference_out
from admin.surroundings import Surroundings
from storage.ledger import verify

router = APIRouter(prefix="/ledger", tags=["accounts"])


@router.get("/verify", responses=problems(), operation_id="verify_ledger")
async def verify_ledger(
    services: Surroundings,
    part: Literal["accounts", "batches"] = "accounts",
    after: Annotated[str | None, Query(max_length=40, pattern=r"^[0-9a-f]+$", description="`next` of a page.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> VerifyPage:
    """Compute a page of accounts, or of settled batches, anew and compare. Reads only; nothing has to stop for it."""
    if part == "accounts" and after is not None and (not after.isdigit() or len(after) > 18):
        raise invalid([("query.after", "must be the value of `next` of an earlier page")])
    page_of = verify.accounts_page if part == "accounts" else verify.batches_page
    async with services.sessions() as session:
        page = await page_of(session, after=after, limit=limit)
    differences = [difference_out(found) for found in page.differences]
    return VerifyPage(checked=page.checked, skipped=page.skipped, next=page.next, differences=differences)
