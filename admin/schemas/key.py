"""The client key on the wire. The key itself is in the answer to its creation and nowhere else."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from admin.schemas.account import PositiveUsd, signed_to_nano
from admin.schemas.amounts import nano_to_usd
from admin.schemas.base import Fields, Flag, Name, Patch, StoredTime, Text, Token, UtcTime, Wire
from admin.schemas.models import ModelList

MIN_KEY = 20


def _client_key(value: str) -> str:
    if value.startswith("gwa-"):
        raise ValueError("must not begin with gwa-, which marks admin tokens")
    return value


OwnKey = Annotated[
    Token,
    Field(min_length=MIN_KEY, max_length=256, description="Your own key; without it the gateway makes one."),
    AfterValidator(_client_key),
]
Models = Annotated[ModelList | None, Field(description="Names or globs this key may use; null means all.")]


UserName = Annotated[Name | None, Field(description="Whose it is: who pays for its requests.")]
Group = Annotated[
    Annotated[Text, Field(min_length=1, max_length=64)] | None,
    Field(description="Priced by this group's multipliers; null: the user's group."),
]
CostCap = Annotated[PositiveUsd | None, Field(description="The most one request may cost, USD; null: no cap.")]


def stored(fields: Fields) -> Fields:
    """The fields with the cost cap in nano-USD, as it is stored."""
    if fields.get("cost_cap") is None:
        return fields
    return {**fields, "cost_cap": signed_to_nano(fields["cost_cap"])}


def _as_usd(value: object) -> object:
    return nano_to_usd(value) if isinstance(value, int) else value


class KeyCreate(Wire):
    """A new key."""

    name: Name
    key: OwnKey | None = None
    models: Models = None
    enabled: Flag = True
    admin: Flag = Field(default=False, description="Its answers name the channels that were tried.")
    expires_at: UtcTime | None = None
    user: UserName = None
    group: Group = None
    cost_cap: CostCap = None

    def columns(self) -> Fields:
        """The stored columns but for name, digest, hint, origin and the user's id."""
        return stored(self.model_dump(include={"models", "enabled", "admin", "expires_at", "group", "cost_cap"}))


class KeyPatch(Patch):
    """A partial change: absent fields stay, `models: null` allows all, null removes expiry, user, group and cap."""

    name: Name = ""
    models: Models = None
    enabled: Flag = True
    admin: Flag = False
    expires_at: UtcTime | None = None
    user: UserName = None
    group: Group = None
    cost_cap: CostCap = None


class KeyOut(Wire):
    """A stored key; `hint` shows its beginning and end."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    hint: str = Field(examples=["sk-gw-Ab12...x9Zk"])
    models: list[str] | None
    enabled: bool
    admin: bool
    expires_at: StoredTime | None
    user_id: int | None = Field(description="Whose it is; null: nobody's.")
    user: str | None = Field(default=None, description='The present name, "" when the user was removed.')
    group: str | None
    cost_cap: Annotated[str | None, BeforeValidator(_as_usd)]
    origin: Literal["api", "apply"]
    created_at: StoredTime
    updated_at: StoredTime


class KeyCreated(KeyOut):
    """The answer to a creation: the only time the key is shown."""

    key: str = Field(description="Shown this once. The gateway stores only its hash.")


class KeyList(Wire):
    """All keys by name."""

    items: list[KeyOut]
