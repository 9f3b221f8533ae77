"""Models and vendors: queries and changes. Every change of a model counts the revision "routes" up.

Its aliases are part of the routes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.models import Model, Vendor
from storage.models.base import now
from storage.repositories import revisions
from storage.repositories.changes import assign


def query() -> Select[Model]:
    """All models, to be filtered and paged by storage.listing."""
    return select(Model)


def vendors_query() -> Select[Vendor]:
    """All vendors, as `query`."""
    return select(Vendor)


async def list_all(session: AsyncSession) -> Sequence[Model]:
    """All models by name."""
    return (await session.scalars(select(Model).order_by(Model.name))).all()


async def get(session: AsyncSession, model_id: int) -> Model | None:
    """The model of that id."""
    return await session.get(Model, model_id)


async def find_by_name(session: AsyncSession, name: str) -> Model | None:
    """The model of that name."""
    return (await session.scalars(select(Model).where(Model.name == name))).one_or_none()


async def names(session: AsyncSession) -> set[str]:
    """The names of all models that have a row."""
    return set((await session.scalars(select(Model.name))).all())


async def create(session: AsyncSession, model: Model) -> Model:
    """Store a new model; its id is filled in. Raises sqlalchemy.exc.IntegrityError when the name is taken."""
    await revisions.bump(session, revisions.ROUTES)
    session.add(model)
    await session.flush()
    return model


async def update(session: AsyncSession, model: Model, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False when all had that value. Raises IntegrityError as `create`."""
    if not assign(model, changes):
        return False
    model.updated_at = now()
    await revisions.bump(session, revisions.ROUTES)
    await session.flush()
    return True


async def remove(session: AsyncSession, model: Model) -> None:
    """Delete what is known of a model; channels that serve it go on."""
    await revisions.bump(session, revisions.ROUTES)
    await session.delete(model)
    await session.flush()


async def get_vendor(session: AsyncSession, vendor_id: int) -> Vendor | None:
    """The vendor of that id."""
    return await session.get(Vendor, vendor_id)


async def find_vendor(session: AsyncSession, name: str) -> Vendor | None:
    """The vendor of that name."""
    return (await session.scalars(select(Vendor).where(Vendor.name == name))).one_or_none()


async def vendors(session: AsyncSession, ids: Collection[int]) -> dict[int, Vendor]:
    """The vendors of these ids."""
    if not ids:
        return {}
    return {row.id: row for row in await session.scalars(select(Vendor).where(Vendor.id.in_(ids)))}


async def create_vendor(session: AsyncSession, vendor: Vendor) -> Vendor:
    """Store a new vendor."""
    session.add(vendor)
    await session.flush()
    return vendor


async def update_vendor(session: AsyncSession, vendor: Vendor, changes: Mapping[str, Any]) -> bool:
    """Set the named columns; False when all had that value."""
    if not assign(vendor, changes):
        return False
    vendor.updated_at = now()
    await session.flush()
    return True


async def count_models(session: AsyncSession, vendor_id: int) -> int:
    """How many models are the vendor's."""
    return await session.scalar(select(func.count()).select_from(Model).where(Model.vendor_id == vendor_id)) or 0


async def remove_vendor(session: AsyncSession, vendor: Vendor) -> None:
    """Delete a vendor without models."""
    await session.delete(vendor)
    await session.flush()
