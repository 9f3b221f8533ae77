"""The catalogue of providers on the wire."""

from admin.schemas.base import Wire


class SpeaksOut(Wire):
    """A protocol of a provider. `path` follows the root of a region; `models` and `regions` empty: for all.

    `default` false: used only where a channel's setting `protocols` names it. `key` is the header that shows it.
    """

    protocol: str
    path: str
    key: str
    operations: list[str]
    models: list[str]
    regions: list[str]
    default: bool
    capabilities: list[str]


class ProviderOut(Wire):
    """A provider that a channel can name.

    `base_url` is where it is unless a channel says otherwise, "" when a channel must bring an address; {names} in it
    are `needs` (name -> what it is), which a channel gives in settings.parameters. `regions` are name -> roots, the
    first region is the default. `new_api` are channel type numbers of New API, accepted in place of the id.
    """

    id: str
    name: str
    kind: str
    family: str
    base_url: str
    secret: bool
    regions: dict[str, list[str]]
    needs: dict[str, str]
    speaks: list[SpeaksOut]
    new_api: list[int]
    docs: str
    read: str
    note: str


class ProviderList(Wire):
    """All providers by id."""

    items: list[ProviderOut]
