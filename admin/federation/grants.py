"""What the grants of identity providers name. A role that is renamed is followed; one that is gone is given no more."""

from sqlalchemy.ext.asyncio import AsyncSession

from storage.repositories import identity_providers


async def rename_role(session: AsyncSession, before: str, after: str | None) -> None:
    """Where a provider's grants name the role `before` they name `after`; None: they give none, and go on matching."""
    if before == after:
        return
    for row in await identity_providers.list_all(session):
        given = row.settings.get("grants") or []
        changed = [
            {name: after if name in {"role", "organisation_role"} and value == before else value
             for name, value in grant.items()}
            for grant in given
        ]  # fmt: skip
        if changed != given:
            await identity_providers.update(session, row, {"settings": {**row.settings, "grants": changed}})
