"""What all endpoint files share: the error answers of the OpenAPI document, and how a path names an object."""

from typing import Annotated, Any

from fastapi import Header, Path

from admin.problems import MEDIA_TYPE
from admin.schemas.base import MAX_ID
from admin.schemas.problem import ProblemOut
from admin.schemas.scim import MEDIA_TYPE as SCIM_TYPE

_TEXTS = {
    400: "The body is not JSON.",
    401: "Nobody is signed in, or the token, password, code or link is not good.",
    403: "The caller may not do this, or has to prove again who they are.",
    404: "There is no such object.",
    409: "Another object has this name or value.",
    412: "The object has changed since the tag in If-Match.",
    413: "The body is too large.",
    422: "A field is not acceptable; `errors` names it.",
    429: "Too many attempts; Retry-After says how many seconds to wait.",
    502: "A service outside refused or did not answer.",
    503: "The database did not answer.",
}


NO_ID = -1


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI descriptions of these error answers, and of those that every route has."""
    schema = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    return {
        status: {"description": _TEXTS[status], "content": schema} for status in sorted({401, 403, 422, 503, *statuses})
    }


def scim_problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """As `problems`, of the routes of SCIM: in its form, and what is not acceptable is 400."""
    schema = {SCIM_TYPE: {"schema": {"$ref": "#/components/schemas/ScimError"}}}
    texts = _TEXTS | {400: "The body or a field is not acceptable."}
    return {
        status: {"description": texts[status], "content": schema} for status in sorted({400, 401, 403, 503, *statuses})
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

__all__ = ["IfMatch", "ProblemOut", "Ref", "object_id", "problems", "scim_problems"]
