"""Sessions, codes and counters of attempts that are over are removed after a time."""

from admin.jobs import Run, periodic
from storage.repositories import attempts, codes, sessions


@periodic("identity.clean", every_s=3600)
async def clean(run: Run) -> None:
    """Remove what has expired; it counted no more before."""
    now = run.services.clock()
    async with run.services.sessions.begin() as session:
        await sessions.remove_expired(session, now)
        await codes.remove_expired(session, now)
        await attempts.remove_expired(session, now)
