"""Several keys of a channel, its upstream's models, and many channels at once, on the wire."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, computed_field

from admin.apply.text import MAX_CHARACTERS
from admin.bulk import BulkWanted, Id
from admin.said import SaidOut, said
from admin.schemas.apply import MAX_OBJECTS, ApplyResult
from admin.schemas.base import Flag, Name, Patch, StoredTime, Tag, Text, Token, Wire, tag_text
from admin.schemas.channel import ChannelPatch, TestEndpoint
from admin.schemas.models import Pattern

Note = Annotated[Text, Field(max_length=255)]


class ChannelKeysAdd(Wire):
    """Keys to add; those that the channel has already are left out. The channel's own secret becomes the first one."""

    secrets: Annotated[list[Token], Field(min_length=1, max_length=1000)]


class ChannelKeyPatch(Patch):
    """A partial change of one key."""

    enabled: Flag = True
    reason: Note = ""


class ChannelKeysChange(Wire):
    """One change of all keys of a channel. `delete_auto` removes those that failures switched off."""

    action: Literal["enable_all", "disable_all", "delete_auto", "delete_all"]


class ChannelKeyOut(Wire):
    """One of several keys; `hint` shows its end."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    hint: str
    enabled: bool
    off_by: Literal["", "auto"]
    off_reason: str
    off_at: StoredTime | None
    created_at: StoredTime

    @computed_field  # type: ignore[prop-decorator]  # mypy takes no decorator above property (python/mypy#1362)
    @property
    def off_said(self) -> SaidOut | None:
        """`off_reason` for other languages."""
        return said(self.off_reason)

    @computed_field  # type: ignore[prop-decorator]  # as above
    @property
    def etag(self) -> Tag:
        """It changes when somebody, or failures, switch the key."""
        return f'"{tag_text(f"{self.id} {self.enabled} {self.off_by} {self.off_reason}")}"'


class ChannelKeyList(Wire):
    """The keys of a channel in the order in which they were added."""

    items: list[ChannelKeyOut]


class ChannelCopy(Wire):
    """What the copy is called; it is switched off until somebody switches it on."""

    name: Name
    secrets: Flag = Field(default=True, description="Copy them too: needs `channels.secrets` and a second check.")
    enabled: Flag = False


class UpstreamModels(Wire):
    """The upstream's models compared with the channel's: `new` are not here, `gone` are no longer there."""

    models: list[str]
    new: list[str]
    gone: list[str]
    ignored: list[str]


class ApplyModels(Wire):
    """Names to add to the channel's models, under their own names, and public names to remove."""

    add: Annotated[list[Pattern], Field(max_length=2000)] = Field(default_factory=list)
    remove: Annotated[list[Pattern], Field(max_length=2000)] = Field(default_factory=list)


class BalanceOut(Wire):
    """What is left on the account, as the provider says: decimal text in `currency`."""

    balance: str
    currency: str
    at: StoredTime


class TagOut(Wire):
    """A tag and how many channels have it."""

    tag: str
    channels: int


class TagList(Wire):
    """All tags by name."""

    items: list[TagOut]


class ChannelFilter(Wire):
    """Which channels are meant: those to which all that is named here applies."""

    tag: Annotated[Text, Field(max_length=64)] | None = None
    provider: Annotated[Text, Field(max_length=64)] | None = None
    group: Annotated[Text, Field(max_length=64)] | None = None
    model: Annotated[Text, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="That it takes, by name or glob."
    )
    enabled: Flag | None = None
    off_by: Literal["auto"] | None = None
    q: Annotated[Text, Field(max_length=200)] = ""


class ChannelBulk(BulkWanted):
    """One change of many channels: of `ids`, or of all that `filter` finds. `values` belongs to `change`.

    `retry` forgets their failures everywhere, so that they are used again at once. `add_models` and `sync_models` do
    what the last comparison with the upstream found: add new models, or also remove those that are gone.
    """

    action: Literal["enable", "disable", "delete", "change", "retry", "add_models", "sync_models"]
    filter: ChannelFilter | None = None
    values: ChannelPatch | None = None


class ChannelExport(Wire):
    """Which channels a file is made of: those of `ids`, or all that `filter` finds."""

    ids: Annotated[list[Id], Field(max_length=MAX_OBJECTS)] = Field(default_factory=list)
    filter: ChannelFilter = Field(default_factory=ChannelFilter)
    secrets: Flag = Field(default=False, description="With them: needs `channels.secrets` and a second check.")


class ChannelFile(Wire):
    """A file of channels."""

    text: str = Field(description="YAML, as `gateway apply` reads it.")
    channels: int


class ChannelImport(Wire):
    """A file of channels; of other sections nothing is read."""

    text: Annotated[str, Field(max_length=MAX_CHARACTERS, description="YAML or JSON.")]
    dry_run: Flag = False


class ChannelImported(ApplyResult):
    """What is changed, and the names of the sections that were not read."""

    ignored: list[str]


class ChannelRetried(Wire):
    """How many replicas use the channel again from now on."""

    replicas: int


class ChannelJob(BulkWanted):
    """Work on many channels in the background: of `ids`, of what `filter` finds, or of all that are switched on.

    `test`: with `model` and `endpoint` as in a single test. `balance`: asks for balances. `models`: compares models.
    """

    action: Literal["test", "balance", "models"]
    filter: ChannelFilter | None = None
    model: Pattern | None = None
    endpoint: TestEndpoint = "chat"
    stream: Flag = False
