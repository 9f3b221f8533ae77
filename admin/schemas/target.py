"""Webhooks and notification targets on the wire. Secrets are shown once, when they are made."""

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from admin.said import SaidOut, said
from admin.schemas.account import SignedUsd, time_of
from admin.schemas.base import Flag, Name, Patch, StoredTime, Token, Wire
from storage.events.kinds import is_pattern
from storage.models.event import Delivery, Event, Target

Kind = Literal["webhook", "email", "bark", "gotify"]
OwnerOf = Literal["me", "organisation", "gateway"]

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?|[0-9A-Fa-f:.]+")


def _address(value: str) -> str:
    if not value.isascii() or not value.isprintable() or " " in value or "\\" in value:
        raise ValueError("must be printable ASCII without spaces or backslashes")
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError("is not a valid address") from None
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(parts.hostname or "") or port == 0:
        raise ValueError("must begin with https:// or http:// and name a host")
    if "@" in parts.netloc or "#" in value:
        raise ValueError("must not contain a user name, a password or a fragment (#)")
    return value


def _patterns(values: list[str]) -> list[str]:
    for value in values:
        if not is_pattern(value):
            raise ValueError(f"has {value[:64]!r}, which is no kind of event: GET /notifications/kinds lists them")
    return list(dict.fromkeys(values))


Url = Annotated[
    str,
    Field(strict=True, min_length=1, max_length=2048, examples=["https://hooks.example.com/gateway"]),
    AfterValidator(_address),
]
Events = Annotated[
    list[Annotated[str, Field(strict=True, max_length=64)]],
    Field(min_length=1, max_length=50, description='Kinds, a noun and ".*", or "*".', examples=[["budget.*"]]),
    AfterValidator(_patterns),
]
Mailbox = Annotated[
    str, Field(strict=True, max_length=254, pattern=r"^[^\s@,;<>\"\\\x00-\x1f]{1,64}@[A-Za-z0-9.-]{1,189}$")
]
Key = Annotated[Token, Field(max_length=256)]


class WebhookCreate(Wire):
    """A new webhook. Its secret is made by the gateway."""

    name: Name
    url: Url
    events: Events = Field(default_factory=lambda: ["*"])
    owner: OwnerOf = Field(default="gateway", description="Whose events: the organisation's, or all of the gateway.")


class TargetCreate(Wire):
    """A new target. A webhook needs a url, Bark and Gotify a url and a key, a mailbox at most an address.

    A webhook's secret is made by the gateway.
    """

    kind: Kind
    name: Name
    owner: OwnerOf = "me"
    url: Url | None = Field(default=None, description="Of the webhook, or of the Bark or Gotify server.")
    key: Key | None = Field(default=None, description="The device's key (Bark) or the application's token (Gotify).")
    address: Mailbox | None = Field(default=None, description="Of the mailbox; null: the address of one's own account.")
    events: Events = Field(default_factory=lambda: ["*"])

    @model_validator(mode="after")
    def _check(self) -> "TargetCreate":
        needed = {"webhook": {"url"}, "email": set[str](), "bark": {"url", "key"}, "gotify": {"url", "key"}}[self.kind]
        given = {name for name in ("url", "key") if getattr(self, name) is not None}
        if needed != given or (self.address is not None and self.kind != "email"):
            raise ValueError(f"a target of kind {self.kind} needs {', '.join(sorted(needed)) or 'no url and no key'}")
        return self


class TargetPatch(Patch):
    """A partial change. Switched on again, its failures are forgotten."""

    name: Name = ""
    url: Url = ""
    key: Key = ""
    events: Events = Field(default_factory=list)
    enabled: Flag = True


class TargetOut(Wire):
    """A webhook or a notification target, without its secret."""

    id: int
    kind: Kind
    name: str
    owner: OwnerOf = Field(description="me: a user's.")
    user_id: int | None
    organisation_id: int | None
    url: str
    address: str
    events: list[str]
    enabled: bool
    disabled_because: str
    disabled_said: SaidOut | None = Field(description="`disabled_because` for other languages.")
    failures: int = Field(description="Events in a row that could not be delivered; at 10 it is switched off.")
    created_at: StoredTime
    updated_at: StoredTime


class TargetCreated(TargetOut):
    """The answer to a creation or rotation: the only time a webhook's secret is shown; null for other kinds."""

    secret: str | None = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class Rotation(Wire):
    """A new secret. The old one signs too for as long, so that the receiver can change in its own time."""

    overlap_hours: Annotated[int, Field(strict=True, ge=0, le=168)] = 24


class DeliveryOut(Wire):
    """One event on its way to a target."""

    id: int
    event_id: int
    event: str = Field(examples=["budget.alert"])
    message_id: str = Field(description="The same for each attempt.", examples=["evt_1041"])
    state: str = Field(description="waiting, delivered or failed.")
    attempts: int
    next_at: StoredTime | None
    status: int = Field(description="HTTP status of the last answer, 0: none.")
    milliseconds: int
    problem: str
    problem_said: SaidOut | None = Field(description="The same, for other languages.")
    answer: str = Field(description="Its first 500 characters.")
    created_at: StoredTime
    tried_at: StoredTime | None


class EventOut(Wire):
    """Something that happened."""

    id: int
    kind: str
    data: dict[str, Any]
    title: str
    text: str
    created_at: StoredTime


class KindOut(Wire):
    """A kind of event."""

    name: str
    description: str
    operators: bool = Field(description="Only the gateway's own targets hear of it.")
    mailed: bool = Field(description="Mailed to users who have chosen no target.")


class KindList(Wire):
    """Kinds of events by name."""

    items: list[KindOut]


class LowBalance(Wire):
    """From which balance on the owner is told. null: as the gateway's option says, 0: never."""

    below: SignedUsd | None = Field(default=None, description="USD.", examples=["5"])
    owner: Literal["me", "organisation"] = "me"


def target_out(row: Target) -> TargetOut:
    """A stored target as the API shows it."""
    owner = "me" if row.user_id is not None else "organisation" if row.organisation_id is not None else "gateway"
    return TargetOut.model_validate(
        {
            "id": row.id, "kind": row.kind, "name": row.name, "owner": owner, "user_id": row.user_id,
            "organisation_id": row.organisation_id, "url": row.url, "address": row.address, "events": row.events,
            "enabled": row.enabled, "disabled_because": row.disabled_because,
            "disabled_said": said(row.disabled_because), "failures": row.failures,
            "created_at": row.created_at, "updated_at": row.updated_at,
        }
    )  # fmt: skip


def delivery_out(row: Delivery, event: Event | None) -> DeliveryOut:
    """A stored delivery as the API shows it."""
    return DeliveryOut(
        id=row.id, event_id=row.event_id, event=event.kind if event is not None else "",
        message_id=f"evt_{row.event_id}", state=row.state, attempts=row.attempts,
        next_at=time_of(row.next_at) if row.state == "waiting" else None, status=row.status,
        milliseconds=row.milliseconds, problem=row.problem, problem_said=said(row.problem), answer=row.answer,
        created_at=time_of(row.created_at), tried_at=time_of(row.tried_at) if row.tried_at else None,
    )  # fmt: skip
