"""The verification of the ledger as a job: page by page, with what differs by name. Reads only."""

from typing import Any

from admin.jobs import Run, State, kind
from admin.schemas.account import difference_out
from storage.ledger import verify

MAX_KEPT = 200
"""Differences that a job names; it counts all."""

VERIFY = "ledger.verify"
_PARTS = {"accounts": (verify.accounts_page, 200), "batches": (verify.batches_page, 50)}


@kind(VERIFY)
async def verify_ledger(run: Run) -> State:
    """Compute every balance and every settled batch anew."""
    so_far: dict[str, Any] = run.cursor or {
        "part": "accounts", "after": None, "accounts": 0, "batches": 0, "skipped": 0, "found": 0, "differences": [],
    }  # fmt: skip
    async with run.services.sessions() as session:
        total = sum(await verify.counts(session))
    for part, (page_of, limit) in _PARTS.items():
        if so_far["part"] != part:
            continue
        while True:
            async with run.services.sessions() as session:
                page = await page_of(session, after=so_far["after"], limit=limit)
            kept = so_far["differences"] + [difference_out(found).model_dump() for found in page.differences]
            so_far = so_far | {
                "after": page.next, part: so_far[part] + page.checked, "skipped": so_far["skipped"] + page.skipped,
                "found": so_far["found"] + len(page.differences), "differences": kept[:MAX_KEPT],
            }  # fmt: skip
            if page.next is None and part == "accounts":
                so_far |= {"part": "batches"}
            done = so_far["accounts"] + so_far["batches"]
            await run.save(cursor=so_far, done=done, total=max(total, done), result=_result(so_far))
            if page.next is None:
                break
    return _result(so_far)


def _result(so_far: State) -> State:
    return {name: so_far[name] for name in ("accounts", "batches", "skipped", "found", "differences")}
