"""The organisation on the wire."""

from admin.schemas.account import Money
from admin.schemas.base import Name, Patch, StoredTime, Wire


class OrganisationCreate(Wire):
    """A new organisation."""

    name: Name


class OrganisationPatch(Patch):
    """A partial change."""

    name: Name = ""


class OrganisationOut(Wire):
    """An organisation with what its account has."""

    id: int
    name: str
    money: Money
    created_at: StoredTime
    updated_at: StoredTime


class OrganisationList(Wire):
    """All organisations by name."""

    items: list[OrganisationOut]
