"""Errors of the admin API as application/problem+json (RFC 9457): one exception, one handler per source of errors.

    Problem (raised by our code)
    RequestValidationError (FastAPI) -> 422 with field paths, 400 for a body that is no JSON
    HTTPException (Starlette) -> 404, 405, 413 and the like
    IntegrityError (database) -> 409
    a database that is away -> 503, in `sessions.py`
    anything else, a statement that is wrong among it -> 500, in `request_id.py`

No answer repeats an input value: a secret could be among them.
"""

import logging
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import IntegrityError
from starlette.exceptions import HTTPException

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TOO_LARGE = "The body is larger than the admin API accepts."


class Problem(Exception):  # noqa: N818 the name of RFC 9457
    """A refusal with its HTTP status; `detail` is one sentence for the operator, `errors` are (field path, message)."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        slug: str | None = None,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.slug = slug or HTTPStatus(status).phrase.lower().replace(" ", "-")
        self.errors = list(errors)
        self.headers = dict(headers or {})


def not_found(kind: str, ref: str) -> Problem:
    """404 for an object that is not there."""
    return Problem(404, f"There is no {kind} {ref!r}.", slug="not-found")


def invalid(errors: Sequence[tuple[str, str]]) -> Problem:
    """422 with (field path, message) pairs."""
    many = f"{len(errors)} fields are" if len(errors) > 1 else "One field is"
    first = f"{errors[0][0]}: {errors[0][1]}" if errors else ""
    return Problem(422, f"{many} not acceptable: {first}", slug="invalid", errors=errors)


def render(problem: Problem, request_id: str) -> Response:
    """`problem` as a response; `request_id` leads to the log."""
    body: dict[str, object] = {
        "type": f"urn:gateway:problem:{problem.slug}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "request_id": request_id,
    }
    if problem.errors:
        body["errors"] = [{"field": field, "message": message} for field, message in problem.errors]
    return Response(
        msgspec.json.encode(body),
        status_code=problem.status,
        headers={**problem.headers, "cache-control": "no-store"},
        media_type=MEDIA_TYPE,
    )


def request_id_of(request: Request) -> str:
    """The id that `request_id.py` gave this request."""
    return str(request.scope.get("gateway.request_id", ""))


_SHOULD = re.compile(r"^(Input|String|List|Dictionary|Value|Number|Data|Datetime|Decimal)s? should ")


def _message(error: Mapping[str, object]) -> str:
    """Pydantic's message, so that it reads on after the field's name."""
    kind = error.get("type")
    if kind == "extra_forbidden":
        return "is not a known field"
    if kind == "missing":
        return "is required"
    text = str(error.get("msg", "is not acceptable"))
    text = _SHOULD.sub("must ", text.removeprefix("Value error, "))
    return text[:1].lower() + text[1:]


def _path(loc: object) -> str:
    parts = loc if isinstance(loc, tuple | list) else ()
    # A mapping's key is part of the path and may be anything: it is cut, and made printable.
    return ".".join("".join(c if c.isprintable() else "?" for c in str(part))[:64] for part in parts if part != "[key]")


async def _on_problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    return render(error, request_id_of(request))


async def _on_validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = error.errors()
    if any(item.get("type") == "json_invalid" for item in found):
        return render(Problem(400, "The body is not valid JSON.", slug="bad-json"), request_id_of(request))
    pairs = [(_path(item.get("loc")), _message(item)) for item in found[:50]]
    if ("body", "is required") in pairs:
        detail = "The request needs a JSON body with the header Content-Type: application/json."
        return render(Problem(422, detail, slug="invalid", errors=pairs), request_id_of(request))
    return render(invalid(pairs), request_id_of(request))


_SENTENCES = {
    400: "The body could not be read as UTF-8 JSON.",
    404: "There is nothing at this path. The routes are listed at /api/v1/openapi.json.",
    413: TOO_LARGE,
}


async def _on_http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    detail = _SENTENCES.get(error.status_code, HTTPStatus(error.status_code).phrase + ".")
    if error.status_code == 405:
        detail = f"This path does not answer to {request.method[:16]}."
    return render(Problem(error.status_code, detail, headers=error.headers), request_id_of(request))


async def _on_integrity(request: Request, error: Exception) -> Response:
    log.info("request %s conflicts with stored data: %s", request_id_of(request), type(error).__name__)
    return render(Problem(409, "Another object already has this name or value."), request_id_of(request))


def install(app: FastAPI) -> None:
    """Register the handlers on `app`."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(IntegrityError, _on_integrity)
