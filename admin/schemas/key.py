"""The client key on the wire. The key itself is in the answer to its creation or rotation and nowhere else."""

import ipaddress
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from adapters.endpoint_names import ENDPOINTS
from admin.bulk import BulkWanted
from admin.schemas.account import PositiveUsd, signed_to_nano
from admin.schemas.amounts import nano_to_usd
from admin.schemas.base import Fields, Flag, Name, Patch, StoredTime, Text, Token, UtcTime, Wire
from admin.schemas.budget import Alerts, PeriodName
from admin.schemas.limit import MAX_AMOUNT, Metric, Window
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


TeamRef = Annotated[
    Annotated[Text, Field(min_length=1, max_length=140)] | None,
    Field(description="Id, ORGANISATION/TEAM, or the name of one of your organisation's.", examples=["acme/search"]),
]
UserName = Annotated[Name | None, Field(description="Whose it is: who pays for its requests.")]
Group = Annotated[
    Annotated[Text, Field(min_length=1, max_length=64)] | None,
    Field(description="Priced by this group's multipliers; null: the user's group."),
]
Strict = Annotated[
    Flag, Field(description="A request that its provider's protocol cannot express in full is answered with 400.")
]
CostCap = Annotated[PositiveUsd | None, Field(description="The most one request may cost, USD; null: no cap.")]


def _endpoint(value: str) -> str:
    if value not in ENDPOINTS:
        raise ValueError(f"must be one of {', '.join(ENDPOINTS)}")
    return value


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value.strip(), strict=False))
    except ValueError:
        raise ValueError("must be a network such as 10.1.0.0/16, or an address") from None


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


Endpoints = Annotated[
    Annotated[
        list[Annotated[str, Field(strict=True, max_length=64), AfterValidator(_endpoint)]],
        Field(min_length=1, max_length=32),
        AfterValidator(_once),
    ]
    | None,
    Field(description="Endpoints that it may be used for; null: all.", examples=[["chat_completions", "responses"]]),
]
Networks = Annotated[
    Annotated[
        list[Annotated[str, Field(strict=True, max_length=64), AfterValidator(_network)]],
        Field(min_length=1, max_length=100),
        AfterValidator(_once),
    ]
    | None,
    Field(description="Networks (CIDR) that it may be used from; null: all.", examples=[["10.1.0.0/16"]]),
]
Groups = Annotated[
    Annotated[
        list[Annotated[Text, Field(min_length=1, max_length=64)]],
        Field(min_length=1, max_length=20),
        AfterValidator(_once),
    ]
    | None,
    Field(description="Tried in this order in place of `group`."),
]
GroupRetry = Annotated[Flag, Field(description="Of several groups, a failure goes on to the next.")]
Metadata = Annotated[
    dict[
        Annotated[str, Field(strict=True, pattern=r"^[A-Za-z0-9_.-]{1,64}$")],
        Annotated[Text, Field(max_length=500)],
    ],
    Field(max_length=32, description="Your own notes, as names and values.", examples=[{"project": "search"}]),
]
Remark = Annotated[Text, Field(max_length=255)]


class KeyBudget(Wire):
    """What the key may spend per period."""

    period: PeriodName
    amount: PositiveUsd
    alerts: Alerts = []


class KeyLimit(Wire):
    """A rate limit of this key alone."""

    metric: Metric
    window: Window | None = None
    amount: Annotated[int, Field(strict=True, ge=1, le=MAX_AMOUNT)]


Budgets = Annotated[
    list[KeyBudget], Field(max_length=4, description="At most one per period; a list replaces the one before.")
]
Limits = Annotated[list[KeyLimit], Field(max_length=8, description="For operators; a list replaces the one before.")]


def stored(fields: Fields) -> Fields:
    """The fields with the cost cap in nano-USD and the metadata's column, as they are stored."""
    found = {("labels" if name == "metadata" else name): value for name, value in fields.items()}
    if found.get("cost_cap") is not None:
        found["cost_cap"] = signed_to_nano(found["cost_cap"])
    return found


def _as_usd(value: object) -> object:
    return nano_to_usd(value) if isinstance(value, int) else value


_STORED = {
    "models", "enabled", "admin", "expires_at", "group", "groups", "group_retry", "cost_cap", "strict", "endpoints",
    "networks", "metadata", "remark",
}  # fmt: skip


class KeyCreate(Wire):
    """A new key."""

    name: Name
    key: OwnKey | None = None
    models: Models = None
    enabled: Flag = True
    admin: Flag = Field(default=False, description="Its answers name the channels that were tried.")
    expires_at: UtcTime | None = None
    user: UserName = None
    team: TeamRef = None
    group: Group = None
    groups: Groups = None
    group_retry: GroupRetry = False
    cost_cap: CostCap = None
    strict: Strict = False
    endpoints: Endpoints = None
    networks: Networks = None
    metadata: Metadata = Field(default_factory=dict)
    remark: Remark = ""

    def columns(self) -> Fields:
        """The stored columns but for name, digest, hint, origin and the user's id."""
        return stored(self.model_dump(include=_STORED))


class KeyMake(KeyCreate):
    """A new key with its budgets and rate limits."""

    budgets: Budgets = Field(default_factory=list)
    limits: Limits = Field(default_factory=list)


class KeyBatch(KeyMake):
    """Several new keys that differ in name and value only: NAME-1, NAME-2 ..."""

    count: Annotated[int, Field(strict=True, ge=1, le=1000)]
    key: None = None


class KeyPatch(Patch):
    """A partial change: absent fields stay; null allows all, or removes expiry, user, team, groups and cap."""

    name: Name = ""
    models: Models = None
    enabled: Flag = True
    admin: Flag = False
    expires_at: UtcTime | None = None
    user: UserName = None
    team: TeamRef = None
    group: Group = None
    groups: Groups = None
    group_retry: GroupRetry = False
    cost_cap: CostCap = None
    strict: Strict = False
    endpoints: Endpoints = None
    networks: Networks = None
    metadata: Metadata = Field(default_factory=dict)
    remark: Remark = ""
    budgets: Budgets = Field(default_factory=list)
    limits: Limits = Field(default_factory=list)


class KeyRotate(Wire):
    """How a value is replaced by a new one."""

    overlap_s: Annotated[
        int, Field(strict=True, ge=0, le=90 * 86_400, description="The old value goes on working so long, in seconds.")
    ] = 0
    key: OwnKey | None = None


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
    team_id: int | None = Field(default=None, description="The team whose budgets, limits and models count for it too.")
    team: str | None = Field(default=None, description="Its present name.", examples=["acme/search"])
    requests: int = Field(default=0, description="Settled so far.")
    used_nano: int = Field(default=0, description="What these cost, nano-USD, corrections included.")
    last_used_at: StoredTime | None = Field(
        default=None, description="When the latest of them began; null: never used."
    )
    group: str | None
    cost_cap: Annotated[str | None, BeforeValidator(_as_usd)]
    groups: list[str] | None = None
    group_retry: bool = False
    strict: bool
    endpoints: list[str] | None = None
    networks: list[str] | None = None
    metadata: dict[str, str] = Field(default_factory=dict)
    remark: str = ""
    old_until: StoredTime | None = Field(
        default=None, description="Until then the value before the last rotation works."
    )
    budgets: list[KeyBudget] = Field(default_factory=list)
    limits: list[KeyLimit] = Field(default_factory=list)
    origin: Literal["api", "apply", "playground"]
    created_at: StoredTime
    updated_at: StoredTime


class KeyCreated(KeyOut):
    """The answer to a creation: the only time the key is shown."""

    key: str = Field(description="Shown this once. The gateway stores only its hash.")


class KeysCreated(Wire):
    """The answer to the creation of several: the only time the keys are shown."""

    items: list[KeyCreated]


class KeyFilter(Wire):
    """Which keys are meant: those to which all that is named here applies."""

    user: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    organisation: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    team: TeamRef = None
    group: Annotated[Text, Field(max_length=64)] | None = None
    enabled: Flag | None = None
    q: Annotated[Text, Field(max_length=200)] = ""


class KeyBulk(BulkWanted):
    """One change of many keys: of `ids`, or of all that `filter` finds. `values` belongs to `change`."""

    action: Literal["enable", "disable", "delete", "change"]
    filter: KeyFilter | None = None
    values: KeyPatch | None = None
