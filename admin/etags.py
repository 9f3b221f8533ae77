"""Entity tags of stored objects: an optional `If-Match` refuses a change that is based on an older state."""

from pydantic import BaseModel

from admin.problems import Problem
from admin.schemas.base import tag_text


def etag_of(shown: BaseModel) -> str:
    """A strong tag of what the API shows of an object; `updated_at` is part of it."""
    return f'"{tag_text(shown.model_dump_json())}"'


def check(if_match: str | None, shown: BaseModel) -> None:
    """Raise 412 when the caller named a tag and it is not the current one."""
    _compare(if_match, etag_of(shown))


def check_tag(if_match: str | None, tag: str) -> None:
    """As `check`, of a tag that the object shows itself. A weak one is as good as a strong one (RFC 7644, 3.14)."""
    weak = None if if_match is None else ",".join(each.strip().removeprefix("W/") for each in if_match.split(","))
    _compare(weak, tag.removeprefix("W/"))


def _compare(if_match: str | None, tag: str) -> None:
    if if_match is None or if_match.strip() == "*":
        return
    if tag not in [each.strip() for each in if_match.split(",")]:
        raise Problem(412, "The object has changed since you read it. Read it again and repeat the change.")
