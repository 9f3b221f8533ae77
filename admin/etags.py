"""Entity tags of stored objects: an optional `If-Match` refuses a change that is based on an older state."""

import hashlib

from pydantic import BaseModel

from admin.problems import Problem


def etag_of(shown: BaseModel) -> str:
    """A strong tag of what the API shows of an object; `updated_at` is part of it."""
    return f'"{hashlib.sha256(shown.model_dump_json().encode()).hexdigest()[:32]}"'


def check(if_match: str | None, shown: BaseModel) -> None:
    """Raise 412 when the caller named a tag and it is not the current one."""
    if if_match is None or if_match.strip() == "*":
        return
    if etag_of(shown) not in [tag.strip() for tag in if_match.split(",")]:
        raise Problem(412, "The object has changed since you read it. Read it again and repeat the change.")
