"""What a row of the catalogue is. No provider is named here."""

from typing import Literal, TypeAlias

import msgspec

from adapters.auth import Auth

Kind: TypeAlias = Literal["maker", "host", "own", "any"]
"""maker: makes the models it serves; host: serves those of others; own: runs on one's own machines; any: an address."""


class Speaks(msgspec.Struct, frozen=True, kw_only=True):
    """One wire protocol as a provider offers it.

    `path` follows the root of a region ("/v1"), operations follow `path`. `operations` are those offered; `paths`
    replaces single paths of adapters/paths.py. `headers` are always sent. `models` are globs of upstream model names
    and `regions` names of regions that it is offered for, () = all.

    `default` False: used only where a channel's settings name the protocol, because another one says more, or because
    the provider does not document it itself. `capabilities` are names of adapters/capabilities.py; what is not named is
    not there.
    """

    path: str
    auth: Auth = "bearer"
    operations: tuple[str, ...] = ("chat",)
    paths: dict[str, str] = {}
    headers: dict[str, str] = {}
    models: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    default: bool = True
    capabilities: frozenset[str] = frozenset()


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of upstream.

    `speaks`: protocol -> how; the first is what it is written for when a client speaks none of them. `regions`: name ->
    roots (scheme and host), the first region is the default; none: a channel must bring its address. Of a region's
    roots the first counts whose {placeholders} a channel has values for. `needs` says in words what placeholders of
    roots and paths are.

    `new_api` are New API's channel type numbers for it. `family` is the Adapter deployment when it is pooled.
    `secret` False: works without a key. `docs` is the page the row was written from, in the month `read`.
    """

    id: str
    name: str
    kind: Kind
    speaks: dict[str, Speaks]
    regions: dict[str, tuple[str, ...]] = {}
    needs: dict[str, str] = {}
    new_api: tuple[int, ...] = ()
    family: str = ""
    secret: bool = True
    docs: str
    read: str = "2026-11"
    note: str = ""

    @property
    def pool(self) -> str:
        """The family: its own id unless the row names another."""
        return self.family or self.id

    @property
    def region(self) -> str:
        """The default region, "" when there is none."""
        return next(iter(self.regions), "")
