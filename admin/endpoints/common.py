"""What all endpoint files share: the error answers of the OpenAPI document, and how a path names an object."""

from typing import Annotated, Any

from fastapi import Header, Path

from admin.problems import MEDIA_TYPE
from admin.schemas.base import MAX_ID
from admin.schemas.problem import ProblemOut

_TEXTS = {
    400: "The body is not JSON.",
    401: "No valid admin token.",
    403: "A key for models is not an admin token.",
    404: "There is no such object.",
    409: "Another object has this name or value.",
    412: "The object has changed since the tag in If-Match.",
    413: "The body is too large.",
    422: "A field is not acceptable; `errors` names it.",
    503: "The database did not answer.",
}


NO_ID = -1


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI descriptions of these error answers, and of those that every route has."""
    schema = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    return {
        status: {"description": _TEXTS[status], "content": schema} for status in sorted({401, 403, 422, 503, *statuses})
    }


def object_id(ref: str) -> int | None:
    """The id that a reference states, None when it is a name. Names are never digits only, so there is no doubt."""
    if "\0" in ref:
        # PostgreSQL cannot even look for such a name, and no object has it.
        return NO_ID
    if not (ref.isascii() and ref.isdigit()):
        return None
    # Beyond any id that was ever given; the number itself might not fit the database's integers.
    return int(ref) if len(ref) <= len(str(MAX_ID)) and int(ref) <= MAX_ID else NO_ID


Ref = Annotated[str, Path(min_length=1, max_length=200, description="Name or id.", examples=["openai-main"])]
IfMatch = Annotated[str | None, Header(description="An ETag; the change is refused when the object has another.")]

__all__ = ["IfMatch", "ProblemOut", "Ref", "object_id", "problems"]
