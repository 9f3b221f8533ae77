"""The base class of all wire shapes and the field types that several nouns share.

Every type here refuses what the database or an upstream could not carry (control characters, NUL, 64-bit overflow), so
that bad input ends as a 422 and never further in. It must not know any noun.
"""

import hashlib
import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

MAX_ID = 2**31 - 1

Fields = dict[str, Any]

Reaching = Literal["own", "organisation", "all"]
"""How far something goes, the narrowest first; the words of admin.permissions.Reach."""

_KEY_TEXT = re.compile(r"[\x21-\x7e]+")


class Wire(BaseModel):
    """A shape of the API: unknown fields are refused, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _without_defaults(schema: Fields) -> None:
    for field in schema.get("properties", {}).values():
        field.pop("default", None)


class Patch(Wire):
    """A partial change. Only fields in `given()` count: the defaults of its fields mean "absent", never stored."""

    model_config = ConfigDict(json_schema_extra=_without_defaults)

    def given(self) -> Fields:
        """The fields that were sent, with their values."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _plain(value: str) -> str:
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for char in value):
        raise ValueError("must not contain control or invisible characters")
    return value


def check_name(value: str) -> str:
    """Return `value` when it can name a channel or key: printable characters that fit into a URL path segment."""
    _plain(value)
    if value != value.strip():
        raise ValueError("must not begin or end with a space")
    if value.isdigit():
        raise ValueError("must not be digits only, because digits are read as an id")
    if value in {".", ".."} or "/" in value or "\\" in value:
        raise ValueError("must not be '.' or '..' and must not contain a slash")
    return value


def _printable_ascii(value: str) -> str:
    if not _KEY_TEXT.fullmatch(value):
        raise ValueError("must be printable ASCII without spaces or line breaks")
    return value


def _parse_time(value: object) -> object:
    """Only ISO 8601 text with a time zone; numbers are refused because their unit would be a guess."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or len(value) > 40 or not re.match(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", value):
        raise ValueError("must be ISO 8601 text with a time zone, such as 2027-01-31T00:00:00Z")
    return value


def _utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("must have a time zone, such as 2027-01-31T00:00:00Z")
    if not 2000 <= value.year <= 9000:
        raise ValueError("must lie between the years 2000 and 9000")
    return value.astimezone(UTC)


def stored_utc(value: datetime) -> datetime:
    """A time from the database as UTC; SQLite gives it back without its zone."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def tag_text(state: str) -> str:
    """What tells one state of an object from another; in an ETag it stands between quotation marks."""
    return hashlib.sha256(state.encode()).hexdigest()[:32]


def time_text(value: datetime) -> str:
    """ISO 8601 text in UTC, ending in Z."""
    return stored_utc(value).isoformat().replace("+00:00", "Z")


Text = Annotated[str, Field(strict=True), AfterValidator(_plain)]
Name = Annotated[
    str,
    Field(strict=True, min_length=1, max_length=64, examples=["openai-main"]),
    AfterValidator(check_name),
]
Token = Annotated[str, Field(strict=True, min_length=1, max_length=8192), AfterValidator(_printable_ascii)]
Flag = Annotated[bool, Field(strict=True)]
UtcTime = Annotated[
    datetime,
    BeforeValidator(_parse_time),
    AfterValidator(_utc),
    PlainSerializer(time_text, return_type=str, when_used="json"),
    Field(examples=["2027-01-31T00:00:00Z"]),
]
Tag = Annotated[str, Field(description="For If-Match.", examples=['"9b2f4d1c0a7e5f36c81d20b794ae63f5"'])]
StoredTime = Annotated[
    datetime,
    BeforeValidator(lambda value: stored_utc(value) if isinstance(value, datetime) else value),
    PlainSerializer(time_text, return_type=str, when_used="json"),
]
