"""The provider registry on the wire."""

from admin.schemas.base import Wire


class ProviderOut(Wire):
    """A provider that a channel can name; `base_url` is "" when a channel must bring its own."""

    id: str
    name: str
    family: str
    base_url: str


class ProviderList(Wire):
    """All providers by id."""

    items: list[ProviderOut]
