"""Captured requests and the rules that name whose, on the wire."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field

from adapters.redaction import MAX_FIELDS, MAX_PATTERN_CHARS, MAX_PATTERNS, RedactionError, Redactor
from admin.schemas.base import Flag, Patch, StoredTime, Text, UtcTime, Wire

DAY_S = 86_400

Scope = Literal["key", "organisation"]
Owner = Annotated[str, Field(strict=True, min_length=1, max_length=200, description="Name or id.", examples=["app"])]
Bytes = Annotated[int, Field(strict=True, ge=1024, le=4 * 1024 * 1024, description="Kept of each body at most.")]
Days = Annotated[int, Field(strict=True, ge=1, le=3650, description="How long a captured request is kept.")]
Note = Annotated[Text, Field(max_length=255)]
_Item = Annotated[str, Field(strict=True, min_length=1, max_length=MAX_PATTERN_CHARS, pattern=r"^[^\x00]*$")]


class Redact(Wire):
    """What is taken out before anything is stored. A body in which it cannot be found is not kept."""

    fields: Annotated[
        list[_Item], Field(max_length=MAX_FIELDS, description="Members whose value goes, at any depth.")
    ] = []
    patterns: Annotated[
        list[_Item],
        Field(max_length=MAX_PATTERNS, description="RE2: what goes out of every text.", examples=[["[0-9]{16}"]]),
    ] = []


def _followed(value: Redact) -> Redact:
    try:
        Redactor(value.model_dump())
    except RedactionError as error:
        raise ValueError(str(error)) from None
    return value


Redaction = Annotated[Redact, AfterValidator(_followed)]


class CaptureRuleCreate(Wire):
    """A new rule: bodies of this key's requests, or of all of an organisation's keys, are kept."""

    scope: Scope
    owner: Owner
    enabled: Flag = True
    max_bytes: Bytes = 262_144
    keep_days: Days = 7
    until: UtcTime | None = Field(default=None, description="When it ends by itself; null: it does not.")
    redact: Redaction = Redact()
    note: Note = ""


class CaptureRulePatch(Patch):
    """What of a rule changes."""

    enabled: Flag = True
    max_bytes: Bytes = 262_144
    keep_days: Days = 7
    until: UtcTime | None = None
    redact: Redaction = Redact()
    note: Note = ""


class CaptureRuleOut(Wire):
    """A rule."""

    id: int
    scope: Scope
    owner: str = Field(description='Its present name, "" when it was removed.')
    owner_id: int
    enabled: bool
    max_bytes: int
    keep_days: int
    until: StoredTime | None
    redact: Redact
    note: str
    created_by: str
    created_at: StoredTime
    updated_at: StoredTime


class BodyOut(Wire):
    """A captured body. `text` is null where it is no UTF-8: then `base64` has it."""

    text: str | None
    base64: str | None
    content_type: str
    size: int = Field(description="Bytes that passed.")
    cut: bool = Field(description="Not all of it was kept.")
    redacted: int = Field(description="How often something was taken out.")
    note: str


class CapturedItem(Wire):
    """A captured request without its bodies."""

    model_config = ConfigDict(from_attributes=True)

    request_id: str
    started_at: int = Field(description="Unix time in microseconds.")
    key_id: int
    user_id: int
    organisation_id: int
    rule_id: int
    request_bytes: int = Field(description="As they passed.")
    response_bytes: int
    expires_at: int = Field(description="Unix time in seconds.")


class CaptureOut(Wire):
    """What was captured of a request."""

    request_id: str
    started_at: int = Field(description="Unix time in microseconds.")
    key_id: int
    user_id: int
    organisation_id: int
    rule_id: int
    expires_at: StoredTime
    request: BodyOut
    response: BodyOut


def stored(given: dict[str, Any]) -> dict[str, Any]:
    """The given fields as columns of the rule."""
    found = dict(given)
    if "keep_days" in found:
        found["keep_s"] = found.pop("keep_days") * DAY_S
    if "until" in found:
        until = found.pop("until")
        found["until"] = int(until.timestamp()) if until is not None else 0
    if "redact" in found:
        found["redact"] = found["redact"].model_dump()
    return found
