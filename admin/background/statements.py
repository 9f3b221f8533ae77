"""When a month is over, those who asked for it are told that its statement can be read."""

from datetime import UTC, datetime

from admin.jobs import Run, periodic
from storage.events import emit, targets
from storage.events.kinds import matches

KIND = "statement.ready"


@periodic("statements.tell", every_s=3600)
async def tell(run: Run) -> None:
    """Tell of the month before this one, once."""
    services = run.services
    now = services.clock()
    this = datetime.fromtimestamp(now, tz=UTC).replace(day=1)
    month = f"{this.year - 1}-12" if this.month == 1 else f"{this.year}-{this.month - 1:02d}"
    if run.cursor.get("month") == month:
        return
    after = 0
    while True:
        async with services.sessions.begin() as session:
            rows = await targets.owned(session, after=after, limit=500)
            for row in rows:
                if matches(row.events, KIND):
                    owner = f"user:{row.user_id}" if row.user_id is not None else f"organisation:{row.organisation_id}"
                    await emit(
                        session, KIND, {"month": month}, user_id=row.user_id,
                        organisation_id=None if row.user_id is not None else row.organisation_id,
                        dedupe=f"statement:{month}:{owner}", now=now,
                    )  # fmt: skip
        if len(rows) < 500:
            break
        after = rows[-1].id
        await run.save()
    await run.save(cursor={"month": month})
