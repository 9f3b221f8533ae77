"""The client key on the wire. The key itself is in the answer to its creation and nowhere else."""

from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from admin.schemas.base import Fields, Flag, Name, Patch, StoredTime, Token, UtcTime, Wire
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


class KeyCreate(Wire):
    """A new key."""

    name: Name
    key: OwnKey | None = None
    models: Models = None
    enabled: Flag = True
    admin: Flag = Field(default=False, description="Its answers name the channels that were tried.")
    expires_at: UtcTime | None = None

    def columns(self) -> Fields:
        """The stored columns but for name, digest, hint and origin."""
        return self.model_dump(include={"models", "enabled", "admin", "expires_at"})


class KeyPatch(Patch):
    """A partial change: absent fields stay. `models: null` allows all, `expires_at: null` removes the expiry."""

    name: Name = ""
    models: Models = None
    enabled: Flag = True
    admin: Flag = False
    expires_at: UtcTime | None = None


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
    origin: Literal["api", "apply"]
    created_at: StoredTime
    updated_at: StoredTime


class KeyCreated(KeyOut):
    """The answer to a creation: the only time the key is shown."""

    key: str = Field(description="Shown this once. The gateway stores only its hash.")


class KeyList(Wire):
    """All keys by name."""

    items: list[KeyOut]
