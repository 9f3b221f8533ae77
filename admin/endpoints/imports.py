"""Taking over another gateway's data, a page of rows at a time: the command `gateway import` reads and sends them.

The gateway itself never connects to another gateway's database.
"""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends

from admin.caller import Caller, needs_all, step_up
from admin.endpoints.common import problems
from admin.imports import channels, codes, keys, options, users
from admin.imports.taking import Import, Row, TakePage, take_all, take_page
from admin.schemas.imports import ImportBatch, ImportDone, ImportItem
from admin.surroundings import Surroundings, announce
from storage.imports.values import number
from storage.ledger.transactions import begin_write

router = APIRouter(prefix="/imports", tags=["imports"])

_TAKES: dict[str, tuple[str, TakePage]] = {
    "users": (users.KIND, users.take),
    "tokens": (keys.KIND, keys.take),
    "redemptions": (codes.KIND, codes.take),
}
_ALSO = ("keys.write", "channels.secrets", "codes.write", "groups.write", "prices.write", "settings.write")
"""What an import does besides: it gives nobody what they could not do by hand."""


@router.post("/new-api", responses=problems(400, 413), operation_id="import_new_api", dependencies=[Depends(step_up)])
async def import_new_api(
    services: Surroundings, caller: Annotated[Caller, needs_all("imports.write")], wanted: ImportBatch
) -> ImportDone:
    """Take rows of a New API database; each by itself, and the answer says what became of it.

    What an earlier call with the same `source` took is left as it is now. Users come before their tokens. It needs the
    permissions for what it makes too. `dry_run` does everything and keeps nothing.
    """
    for permission in ("users.write", "accounts.write", *_ALSO):
        caller.require_all(permission)
    async with services.sessions() as session:
        # A savepoint alone would be a transaction of its own on SQLite, and committed at its end.
        await begin_write(session)
        run = Import(
            session, services, caller, wanted.source, wanted.dry_run, wanted.quota_per_usd,
            frozenset(wanted.expected_users),
        )  # fmt: skip
        items = await _take(run, wanted.table, wanted.rows)
        await (session.rollback() if wanted.dry_run else session.commit())
    services.options.forget()
    if not wanted.dry_run and any(item.outcome == "taken" for item in items):
        await announce(services)
    return ImportDone(items=items)


async def _take(run: Import, table: str, rows: Sequence[Row]) -> list[ImportItem]:
    if table == "options":
        return await options.take(run, rows)
    numbered = [(str(number(row, "id")), row) for row in rows]
    if table == "channels":
        return await take_all(run, channels.KIND, numbered, channels.take)
    kind, take = _TAKES[table]
    return await take_page(run, kind, numbered, take)
