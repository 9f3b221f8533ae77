"""Entries of the audit log on the wire."""

from typing import Any

from pydantic import Field

from admin.schemas.account import time_of
from admin.schemas.base import Flag, StoredTime, Wire
from storage.models import AuditEntry


class AuditChange(Wire):
    """One field of an object, before and after. Of an object that was made or removed one side is null."""

    field: str
    before: Any
    after: Any


class AuditOut(Wire):
    """Who did what to which object, from where, and what changed of it. Secrets are in no entry."""

    id: int
    at: StoredTime
    actor: str = Field(examples=["user:ann"])
    actor_user_id: int | None
    organisation_id: int | None = Field(description="Whose object it is.")
    action: str = Field(examples=["keys.create"])
    kind: str = Field(examples=["key"])
    object_id: str
    object_name: str
    changes: list[AuditChange]
    ip: str
    agent: str
    request_id: str
    reversible: bool = Field(description="Whether POST /audit/{entry}/rollback can take it back.")


class RollbackIn(Wire):
    """How a change is taken back."""

    dry_run: Flag = Field(default=False, description="Only say what would be changed.")
    force: Flag = Field(default=False, description="Also what was changed again since.")


class RollbackOut(Wire):
    """What was taken back. `left` are fields that cannot be: secrets, and what follows from others."""

    entry: int | None = Field(description="The new entry of the log, null for a dry run.")
    changes: list[AuditChange]
    left: list[str]


REVERSIBLE = frozenset({
    "channels.change", "channels.rollback", "channels.enable", "channels.disable", "settings.change",
    "settings.rollback",
})  # fmt: skip


def changes_of(row: AuditEntry) -> list[AuditChange]:
    """The fields of an entry's states, by name."""
    before, after = row.before or {}, row.after or {}
    return [
        AuditChange(field=name, before=before.get(name), after=after.get(name)) for name in sorted({*before, *after})
    ]


def shown(row: AuditEntry) -> AuditOut:
    """An entry as the API shows it."""
    return AuditOut(
        id=row.id,
        at=time_of(row.at),
        actor=row.actor,
        actor_user_id=row.actor_user_id,
        organisation_id=row.organisation_id,
        action=row.action,
        kind=row.object_kind,
        object_id=row.object_id,
        object_name=row.object_name,
        changes=changes_of(row),
        ip=row.ip,
        agent=row.agent,
        request_id=row.request_id,
        reversible=row.action in REVERSIBLE and bool(row.before) and set(row.before or {}) != {"bytes"},
    )
