"""Taking over redemption codes that nobody has used: their texts stay what they are."""

from typing import NamedTuple

from admin import audit
from admin.imports.taking import Import, NotTakenError, Page, Row, Taken
from storage.imports import values
from storage.payments import codes
from storage.payments.fulfilment import By

KIND = "code"
_CONTEXT = "redemption-code"
_UNUSED, _OFF = 1, 2
_LAST = 253_000_000_000  # beyond the year 9000 an expiry is none


class _Plan(NamedTuple):
    new: codes.NewCode
    name: str
    expires_at: int | None
    quota: int


async def take(run: Import, page: Page) -> None:
    """Store the codes."""
    plans = page.each(lambda row: _plan(run, row))
    here = await codes.known(run.session, [plan.new.code for plan in plans.values()])
    by = By(run.caller.name, run.services.clock())
    alike: dict[tuple[str, int | None], list[codes.NewCode]] = {}
    made: list[audit.Made] = []
    for foreign_id, plan in plans.items():
        digest = codes.digest(plan.new.code)
        if digest in here:
            page.refused[foreign_id] = "something here has this name or value already"
            continue
        here.add(digest)
        alike.setdefault((plan.name, plan.expires_at), []).append(plan.new)
        credit = values.usd(plan.quota, run.per_usd)
        made.append(audit.Made(run.source, plan.name, {"batch": run.source, "count": 1, "credit": credit}))
        page.taken[foreign_id] = Taken(0, plan.name, [])
    for (name, expires_at), new in alike.items():
        await codes.add(run.session, new, name=name, batch=run.source, by=by, expires_at=expires_at)
    await audit.record_all(run.session, run.services, run.caller, "codes.import", kind="code", entries=made)


def _plan(run: Import, row: Row) -> _Plan:
    if row.get("deleted_at") is not None:
        raise NotTakenError("was removed there")
    status = values.number(row, "status", _UNUSED)
    if status != _UNUSED:
        raise NotTakenError("is switched off" if status == _OFF else "is used")
    expires_at: int | None = values.number(row, "expired_time")
    if expires_at is not None and not 0 < expires_at < _LAST:
        expires_at = None
    if expires_at is not None and expires_at <= run.services.clock():
        raise NotTakenError("has expired")
    text, quota = values.text(row, "key"), values.number(row, "quota")
    credit = values.nano(quota, run.per_usd)
    if not 8 <= len(text) <= codes.MAX_LENGTH or not text.replace("-", "").isalnum() or not text.isascii():
        raise NotTakenError("its text cannot be a code here")
    if not 0 < credit < 2**62:
        raise NotTakenError("is worth nothing")
    name = values.name(values.text(row, "name"), "code", values.number(row, "id"))
    return _Plan(codes.NewCode(text, run.services.box.seal(text, _CONTEXT), credit), name, expires_at, quota)
