"""What was captured: listed, read and deleted. Each reading is recorded."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from admin import audit
from admin.caller import Caller, needs, step_up
from admin.endpoints.common import problems
from admin.endpoints.explain import RequestId
from admin.list_files import ListRoute
from admin.listing import Listed
from admin.problems import Problem, invalid, not_found
from admin.schemas.base import MAX_ID
from admin.schemas.capture import BodyOut, CapturedItem, CaptureOut
from admin.services import Services
from admin.surroundings import Surroundings
from storage.captured import Part, unseal
from storage.crypto import SealError
from storage.models import Capture
from storage.repositories import captures

router = APIRouter(prefix="/captures", tags=["captures"], route_class=ListRoute)

Readers = Annotated[Caller, needs("captures.read")]
Writers = Annotated[Caller, needs("captures.write")]


@router.get("", responses=problems(), operation_id="list_captures")
async def list_captures(
    services: Surroundings,
    caller: Readers,
    rule: Annotated[int | None, Query(ge=1, le=MAX_ID, description="Captured by this rule.")] = None,
    key: Annotated[int | None, Query(ge=1, le=MAX_ID, description="Id of a key.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[str, Query(max_length=100, pattern=r"^(\d{1,18}\.[\x21-\x7e]{1,64})?$")] = "",
    sort: Annotated[str, Query(max_length=64, description="A name, with '-' before it downwards.")] = "",
) -> Listed[CapturedItem]:
    """Captured requests without their bodies, the newest first; by `started_at`, downwards `-started_at`."""
    if sort not in {"", "started_at", "-started_at"}:
        columns = "started_at"
        raise invalid([("query.sort", f"sort by one of {columns}, with '-' before it for the other direction")])
    time, _, last = cursor.partition(".")
    scope = caller.scope("captures.read")
    async with services.sessions() as session:
        rows = await captures.recent(
            session, services.clock(), limit=limit + 1, behind=(int(time), last) if time else None, rule_id=rule,
            key_id=key, user_id=scope.user_id, organisation_id=scope.organisation_id,
            earliest_first=sort == "started_at",
        )  # fmt: skip
    page = [CapturedItem.model_validate(row) for row in rows[:limit]]
    more = len(rows) > limit
    return Listed(items=page, next=f"{page[-1].started_at}.{page[-1].request_id}" if more else None)


async def _captured(session: AsyncSession, services: Services, caller: Caller, request_id: str, right: str) -> Capture:
    row = await captures.get(session, request_id, services.clock())
    if row is None or not caller.scope(right).holds(row.user_id, row.organisation_id):
        raise not_found("captured request", request_id)
    return row


@router.get("/{request_id}", responses=problems(404), operation_id="read_capture", dependencies=[Depends(step_up)])
async def read_capture(
    services: Surroundings, caller: Readers, request_id: RequestId, response: Response
) -> CaptureOut:
    """What the client sent and what it got. The audit log keeps who read it."""
    async with services.sessions.begin() as session:
        row = await _captured(session, services, caller, request_id, "captures.read")
        await audit.record(
            session, services, caller, "captures.read", kind="capture", id=request_id,
            after={"key_id": row.key_id, "user_id": row.user_id}, organisation_id=row.organisation_id or None,
        )  # fmt: skip
    try:
        bodies = unseal(services.box, request_id, row.sealed)
    except SealError:
        raise Problem(409, "This was sealed with another secret key and cannot be read any more.") from None
    response.headers["cache-control"] = "no-store"
    return CaptureOut(
        request_id=row.request_id,
        started_at=row.started_at,
        key_id=row.key_id,
        user_id=row.user_id,
        organisation_id=row.organisation_id,
        rule_id=row.rule_id,
        expires_at=datetime.fromtimestamp(row.expires_at, tz=UTC),
        request=_body(bodies.request),
        response=_body(bodies.response),
    )


@router.delete("/{request_id}", status_code=204, responses=problems(404), operation_id="remove_capture")
async def remove_capture(services: Surroundings, caller: Writers, request_id: RequestId) -> None:
    """Delete what was captured of a request, before its time."""
    async with services.sessions.begin() as session:
        row = await _captured(session, services, caller, request_id, "captures.write")
        await captures.remove(session, request_id)
        await audit.record(
            session, services, caller, "captures.delete", kind="capture", id=request_id,
            before={"key_id": row.key_id, "user_id": row.user_id}, organisation_id=row.organisation_id or None,
        )  # fmt: skip


def _body(part: Part) -> BodyOut:
    text: str | None
    try:
        text = part.body.decode()
    except UnicodeDecodeError as error:
        # Cut in the middle of a character it is still a text.
        whole = part.cut and error.start >= len(part.body) - 3
        text = part.body[: error.start].decode() if whole else None
    return BodyOut(
        text=text,
        base64=b64encode(part.body).decode() if text is None else None,
        content_type=part.kind,
        size=part.size,
        cut=part.cut,
        redacted=part.redacted,
        note=part.note,
    )
