"""Answers of SCIM: JSON under a media type of its own (RFC 7644, section 3.1), refusals in the form of 3.12.

It must not decide what is refused: a Problem comes here as elsewhere, and is said in a directory's words.
"""

from collections.abc import Mapping
from typing import Any

from fastapi.responses import JSONResponse

from admin.schemas.scim import ERROR, MEDIA_TYPE

_TYPES = {"name-taken": "uniqueness", "bad-json": "invalidSyntax"}


class ScimResponse(JSONResponse):
    """`application/scim+json`."""

    media_type = MEDIA_TYPE


def is_scim(scope: Mapping[str, Any]) -> bool:
    """Whether a directory asks."""
    return str(scope["path"]).startswith("/scim/")


def refusal(status: int, slug: str, detail: str, fields: list[str], headers: Mapping[str, str]) -> ScimResponse:
    """A refusal. What is not acceptable is 400 here: the RFC knows no 422."""
    kind = _TYPES.get(slug) or (_of_field(fields[0]) if fields else None)
    status = 400 if status == 422 else status
    body = {"schemas": [ERROR], "status": str(status), "detail": detail} | ({"scimType": kind} if kind else {})
    return ScimResponse(body, status, headers={**headers, "cache-control": "no-store"})


def _of_field(field: str) -> str:
    if field == "query.filter":
        return "invalidFilter"
    return "invalidPath" if field.endswith(".path") else "invalidValue"
