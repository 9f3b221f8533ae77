"""Old jobs, events and deliveries are removed after a time."""

from admin.jobs import Run, periodic
from storage.repositories import jobs

JOBS_KEPT_S = 30 * 86_400


@periodic("jobs.clean", every_s=3600)
async def clean(run: Run) -> None:
    """Remove jobs that ended long ago, a page at a time."""
    while True:
        async with run.services.sessions.begin() as session:
            gone = await jobs.forget(session, run.services.clock() - JOBS_KEPT_S)
        await run.save()
        if gone < 1000:
            return
