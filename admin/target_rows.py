"""What webhooks and notification targets share: whose they are, making, changing, trying and rotating them."""

from typing import Any

from sqlalchemy import Select
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit
from admin.caller import Caller
from admin.notifications import secrets, signing
from admin.options.notifications import Notifications
from admin.permissions import Reach
from admin.problems import Problem, invalid, not_found
from admin.schemas.target import TargetCreated, TargetOut, target_out
from admin.services import Services
from storage.events import deliveries, outbox, targets
from storage.models import User
from storage.models.base import now as moment
from storage.models.event import Delivery, Target
from storage.repositories.changes import assign

Owner = tuple[int | None, int | None]
"""User id, organisation id; neither: the gateway's."""


def owner_of(caller: Caller, owner: str, permission: str) -> Owner:
    """Whose a new target is. Raises a Problem (403, 409) where the permission does not reach so far."""
    if owner == "me":
        if caller.user_id is None:
            raise Problem(409, "A token of the gateway is nobody; choose owner gateway.")
        return caller.user_id, None
    if owner == "organisation":
        if caller.organisation_id is None:
            raise Problem(409, "You are in no organisation.")
        if caller.reach(permission) not in (Reach.ORGANISATION, Reach.ALL):
            raise Problem(403, "Only those who manage the organisation do this.", slug="forbidden")
        return None, caller.organisation_id
    caller.require_all(permission)
    return None, None


def within(caller: Caller, permission: str, statement: Select[Target]) -> Select[Target]:
    """The targets that the permission reaches: one's own, those of the organisation, the gateway's and all."""
    reach = caller.reach(permission)
    if reach is Reach.ALL:
        return statement
    if reach is Reach.ORGANISATION and caller.organisation_id is not None:
        return statement.where(
            (Target.user_id == (caller.user_id or -1)) | (Target.organisation_id == caller.organisation_id)
        )
    return statement.where(Target.user_id == (caller.user_id or -1))


async def load(session: AsyncSession, target_id: int, caller: Caller, permission: str, kinds: set[str]) -> Target:
    """The target, when the permission reaches it; raises a Problem (404)."""
    found = (await session.scalars(within(caller, permission, targets.of_id(target_id)))).one_or_none()
    if found is None or found.kind not in kinds:
        raise not_found("target", str(target_id))
    return found


async def refuse_more(session: AsyncSession, services: Services, owner: Owner) -> None:
    """Raises a Problem (409) when the owner has as many targets as the option allows."""
    most = (await services.options.read(session, Notifications)).targets_each
    if await targets.count(session, *owner) >= most:
        raise Problem(409, f"There are {most} targets already; remove one first.")


async def mailbox(session: AsyncSession, owner: Owner, address: str | None, caller: Caller) -> str:
    """The address that a new target mails to. Nobody can have others mailed. Raises a Problem (409, 422)."""
    user = await session.get(User, caller.user_id) if caller.user_id is not None else None
    own = user.email if user is not None and user.email_verified_at else None
    if owner == (None, None) and address is not None:
        return address
    if owner[0] is not None or address is None:
        if own is None:
            raise Problem(409, "Your account has no e-mail address that was verified.")
        if address is not None and address.lower() != own:
            raise invalid([("body.address", "must be the address of your account")])
        return own
    if owner[1] is None or not await targets.is_member(session, owner[1], address.lower()):
        raise invalid([("body.address", "must be the verified address of a member")])
    return address.lower()


async def create(
    session: AsyncSession, services: Services, caller: Caller, row: Target, key: str | None
) -> TargetCreated:
    """Store a target with its secret: `key`, or for a webhook a new one."""
    await refuse_more(session, services, (row.user_id, row.organisation_id))
    made = signing.new_secret() if row.kind == "webhook" else None
    secret = made or key
    row.secret = secrets.seal(services.box, secret, row.kind) if secret is not None else None
    await targets.create(session, row)
    shown = target_out(row)
    await record(session, services, caller, "create", shown, None, shown)
    return TargetCreated(**shown.model_dump(), secret=made)


async def change(
    session: AsyncSession, services: Services, caller: Caller, row: Target, changes: dict[str, Any]
) -> TargetOut:
    """Change what is named; `key` is sealed. Switched on, the failures are forgotten."""
    before = target_out(row)
    columns = dict(changes)
    if "key" in columns:
        if row.kind not in ("bark", "gotify"):
            raise invalid([("body.key", "is for Bark and Gotify")])
        row.secret = secrets.seal(services.box, columns.pop("key"), row.kind)
    if columns.get("url", row.url) != row.url and row.kind in ("bark", "gotify") and "key" not in changes:
        # Whoever may change the address does not get to see the key by it.
        raise invalid([("body.key", "is needed with another address")])
    if "url" in columns and row.kind == "email":
        raise invalid([("body.url", "is not for mailboxes")])
    if columns.get("enabled"):
        columns |= {"failures": 0, "disabled_because": ""}
    if assign(row, columns) or "key" in changes:
        row.updated_at = moment()
        await session.flush()
    shown = target_out(row)
    if shown != before or "key" in changes:
        await record(session, services, caller, "change", shown, before, shown)
    return shown


async def rotate(
    session: AsyncSession, services: Services, caller: Caller, row: Target, overlap_hours: int
) -> TargetCreated:
    """A new secret; the old one signs too for some hours."""
    made = signing.new_secret()
    row.old_secret, row.old_until = row.secret, services.clock() + overlap_hours * 3600
    row.secret = secrets.seal(services.box, made, row.kind)
    row.updated_at = moment()
    await session.flush()
    shown = target_out(row)
    await record(session, services, caller, "rotate", shown, None, shown)
    return TargetCreated(**shown.model_dump(), secret=made)


async def remove(session: AsyncSession, services: Services, caller: Caller, row: Target) -> None:
    """Delete it with its deliveries."""
    shown = target_out(row)
    await targets.remove(session, row)
    await record(session, services, caller, "delete", shown, shown, None)


async def test(session: AsyncSession, services: Services, caller: Caller, row: Target) -> Delivery:
    """An event for this target only, delivered within seconds."""
    now = services.clock()
    event = await outbox.add(
        session, "target.test", {"actor": caller.name}, (row.user_id, row.organisation_id), now
    )  # fmt: skip
    return await deliveries.create(session, row.id, event.id, now)


async def again(session: AsyncSession, services: Services, caller: Caller, row: Target, delivery: int) -> Delivery:
    """Deliver an event of the target once more, with the same message id. Raises a Problem (404)."""
    old = await deliveries.get(session, delivery)
    if old is None or old.target_id != row.id:
        raise not_found("delivery", str(delivery))
    fresh = await deliveries.again(session, old, now=services.clock())
    noun = "webhook" if row.kind == "webhook" else "target"
    await audit.record(
        session, services, caller, f"{noun}s.redeliver", kind=noun, id=row.id, name=row.name,
        after={"event_id": old.event_id}, organisation_id=row.organisation_id,
    )  # fmt: skip
    return fresh


def tag(shown: TargetOut) -> TargetOut:
    """What the ETag is of: not what changes with every delivery."""
    return shown.model_copy(update={"failures": 0})


async def record(
    session: AsyncSession,
    services: Services,
    caller: Caller,
    what: str,
    shown: TargetOut,
    before: TargetOut | None,
    after: TargetOut | None,
) -> None:
    """The audit entry of a change."""
    noun = "webhook" if shown.kind == "webhook" else "target"
    await audit.record(
        session, services, caller, f"{noun}s.{what}", kind=noun, id=shown.id, name=shown.name, before=before,
        after=after, organisation_id=shown.organisation_id,
    )  # fmt: skip
