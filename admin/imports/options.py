"""Taking over the table `options`: groups, prices, settings with an equivalent, and the notice; the rest is named."""

from collections.abc import Sequence

from admin import audit
from admin.imports import groups, pricing
from admin.imports.taking import Import, NotTakenError, Row, Taken, take_all
from admin.options.base import areas
from admin.schemas.announcement import AnnouncementCreate
from admin.schemas.imports import ImportItem
from storage.imports import newapi_options
from storage.imports.newapi_options import Setting
from storage.models import Announcement
from storage.repositories import announcements

_NOTICE = "Notice"
_HANDLED = newapi_options.PRICES | newapi_options.GROUPS | {newapi_options.QUOTA_PER_UNIT, _NOTICE}


async def take(run: Import, rows: Sequence[Row]) -> list[ImportItem]:
    """Everything that the options say; an option without an equivalent is an item that says so."""
    given = {str(row.get("key")): str(row.get("value") or "") for row in rows}
    settings = newapi_options.settings(given)
    wanted = newapi_options.groups(given)
    items = await take_all(run, "group", [(name, (name, body)) for name, body in wanted.items()], groups.take)
    items += await take_all(run, "price", pricing.wanted(given), pricing.take)
    items += await take_all(run, "setting", [(f"{one.area}.{one.field}", one) for one in settings], _setting)
    if given.get(_NOTICE, "").strip():
        items += await take_all(run, "notice", [(_NOTICE, given[_NOTICE])], _notice)
    used = _HANDLED | {source for one in settings for source in one.sources}
    left = sorted(name for name, text in given.items() if text and name not in used)
    items += [_refused(name, "has no equivalent here") for name in left]
    if newapi_options.denied(given):
        items.append(_refused("group_special_usable_group", "a group cannot be kept from single groups of users here"))
    return items


def _refused(name: str, reason: str) -> ImportItem:
    return ImportItem(kind="option", id=name[:200], name="", outcome="refused", reason=reason)


async def _setting(run: Import, wanted: Setting) -> Taken:
    """Set it, unless somebody has set it here."""
    group = areas()[wanted.area]
    _, sources = await run.services.options.sources(run.session, group)
    if sources[wanted.field] == "console":
        raise NotTakenError("is set here already")
    changes = {wanted.field: wanted.value}
    before, after = await run.services.options.change(run.session, group, changes, run.caller.name)
    shown = after.shown() | ({wanted.field: "replaced"} if group.is_secret(wanted.field) else {})
    await audit.record(
        run.session, run.services, run.caller, "settings.import", kind="settings", id=wanted.area, name=group.title,
        before=before.shown(), after=shown,
    )  # fmt: skip
    notes = ["switch this way to pay on yourself"] if wanted.area in {"epay", "stripe", "creem"} else []
    return Taken(0, f"{wanted.area}.{wanted.field}", notes)


async def _notice(run: Import, text: str) -> Taken:
    """The notice of the console."""
    wanted = AnnouncementCreate(kind="notice", title=_NOTICE, body=text.strip())
    row = await announcements.create(run.session, Announcement(**wanted.model_dump()))
    await audit.record(
        run.session, run.services, run.caller, "announcements.import", kind="announcement", id=row.id, name=row.title,
        after=wanted,
    )  # fmt: skip
    return Taken(row.id, row.title, [])
