"""The verification of the ledger: a page at a time, so that no request takes long on a large one, or as a job."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from admin import audit, jobs
from admin.background.ledger import VERIFY
from admin.caller import Caller, needs_all
from admin.endpoints.common import problems
from admin.problems import Problem, invalid
from admin.schemas.account import VerifyPage, difference_out
from admin.schemas.job import JobOut, job_out
from admin.surroundings import Surroundings
from storage.ledger import verify
from storage.repositories import jobs as job_rows

router = APIRouter(prefix="/ledger", tags=["accounts"])


@router.get("/verify", responses=problems(), operation_id="verify_ledger", dependencies=[needs_all("accounts.read")])
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


@router.post("/verify", status_code=202, responses=problems(409), operation_id="start_ledger_verification")
async def start_verification(services: Surroundings, caller: Annotated[Caller, needs_all("jobs.write")]) -> JobOut:
    """Verify all of it in the background: see /jobs/{id}. Its `result` names what differs, 200 of them at most.

    Needs `accounts.read` on the whole gateway too.
    """
    caller.require_all("accounts.read")
    async with services.sessions.begin() as session:
        if await job_rows.open_of(session, VERIFY):
            raise Problem(409, "The ledger is being verified already.")
        row = await jobs.submit(session, services, VERIFY, {}, actor=caller.name, user_id=caller.user_id)
        await audit.record(session, services, caller, VERIFY, kind="job", id=row.id)
        return job_out(row)
