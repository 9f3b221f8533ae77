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
from starlette.types import Scope

from admin import problem_texts
from admin.problem_texts import Said
from admin.scim_response import is_scim, refusal

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TOO_LARGE = "The body is larger than the admin API accepts."


class Problem(Exception):  # noqa: N818 the name of RFC 9457
    """A refusal with its HTTP status; `detail` is one sentence for the operator, `errors` are (field path, message).

    `said` is the sentence as a code with what is filled in, for clients that say it in another language; without it
    the sentence is looked up. `checks` are that of each error.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        slug: str | None = None,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        said: Said | None = None,
        checks: Sequence[Said] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.slug = slug or HTTPStatus(status).phrase.lower().replace(" ", "-")
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self._said = said
        self._checks = list(checks)

    @property
    def said(self) -> Said:
        """The sentence as a code with what is filled in."""
        return self._said if self._said is not None else problem_texts.sentence(self.detail)

    @property
    def checks(self) -> list[Said]:
        """What is said of each field, in the order of `errors`."""
        return self._checks or [problem_texts.field(message) for _, message in self.errors]


def not_found(kind: str, ref: str) -> Problem:
    """404 for an object that is not there."""
    said = Said("there-is-no", {"kind": kind, "ref": ref})
    return Problem(404, f"There is no {kind} {ref!r}.", slug="not-found", said=said)


def invalid(errors: Sequence[tuple[str, str]], checks: Sequence[Said] = ()) -> Problem:
    """422 with (field path, message) pairs."""
    many = f"{len(errors)} fields are" if len(errors) > 1 else "One field is"
    first = f"{errors[0][0]}: {errors[0][1]}" if errors else ""
    said = Said("fields-not-acceptable", {"count": len(errors)})
    return Problem(422, f"{many} not acceptable: {first}", slug="invalid", errors=errors, said=said, checks=checks)


def render(problem: Problem, scope: Scope) -> Response:
    """`problem` as a response to the request of `scope`, whose id leads to the log; to a directory as SCIM has it."""
    if is_scim(scope):
        fields = [field for field, _ in problem.errors]
        return refusal(problem.status, problem.slug, problem.detail, fields, problem.headers)
    body: dict[str, object] = {
        "type": f"urn:gateway:problem:{problem.slug}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.said.code,
        "params": problem.said.params,
        "request_id": _id(scope),
    }
    if problem.errors:
        body["errors"] = [
            {"field": field, "message": message, "code": said.code, "params": said.params}
            for (field, message), said in zip(problem.errors, problem.checks, strict=True)
        ]
    return Response(
        msgspec.json.encode(body),
        status_code=problem.status,
        headers={**problem.headers, "cache-control": "no-store"},
        media_type=MEDIA_TYPE,
    )


def request_id_of(request: Request) -> str:
    """The id that `request_id.py` gave this request."""
    return _id(request.scope)


def _id(scope: Scope) -> str:
    return str(scope.get("gateway.request_id", ""))


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
    return render(error, request.scope)


async def _on_validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = error.errors()
    if any(item.get("type") == "json_invalid" for item in found):
        return render(Problem(400, "The body is not valid JSON.", slug="bad-json"), request.scope)
    pairs = [(_path(item.get("loc")), _message(item)) for item in found[:50]]
    checks = [problem_texts.check(item, said) for item, (_, said) in zip(found, pairs, strict=False)]
    if ("body", "is required") in pairs:
        detail = "The request needs a JSON body with the header Content-Type: application/json."
        return render(Problem(422, detail, slug="invalid", errors=pairs, checks=checks), request.scope)
    return render(invalid(pairs, checks), request.scope)


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
    return render(Problem(error.status_code, detail, headers=error.headers), request.scope)


async def _on_integrity(request: Request, error: Exception) -> Response:
    log.info("request %s conflicts with stored data: %s", request_id_of(request), type(error).__name__)
    return render(Problem(409, "Another object already has this name or value."), request.scope)


def install(app: FastAPI) -> None:
    """Register the handlers on `app`."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(IntegrityError, _on_integrity)
