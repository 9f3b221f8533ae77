"""The settings `reasoning` and `text` of a request: how much a model thinks, and what its text must be."""

from adapters.canonical.request import OutputFormat, Reasoning
from adapters.head import Fields
from adapters.protocols.responses.schema import (
    MaybeFlag,
    MaybeObject,
    MaybeText,
    need_text,
    raw,
    starts,
    take,
    take_text,
    wrong,
)

_KINDS = {"text": "text", "json_object": "json", "json_schema": "schema"}


def read_reasoning(fields: Fields, exact: Fields) -> Reasoning | None:
    """`reasoning`. What it has besides effort and summary stays in `fields`, nulls go to `exact`."""
    inner = take(fields, "reasoning", MaybeObject, "", "an object")
    if inner is None:
        return None
    effort = take(inner, "effort", MaybeText, "reasoning")
    summary = take(inner, "summary", MaybeText, "reasoning")
    _leave("reasoning", inner, fields, exact)
    return Reasoning(
        enabled=None if effort is None else effort != "none",
        effort=effort,
        summary=summary,
        include=None if summary is None else True,
    )


def read_text(fields: Fields, exact: Fields, state: set[str]) -> tuple[OutputFormat | None, str | None]:
    """`text`: format and verbosity. A format that only this protocol has is a promise that others must refuse."""
    inner = take(fields, "text", MaybeObject, "", "an object")
    if inner is None:
        return None, None
    verbosity = take(inner, "verbosity", MaybeText, "text")
    form = take(inner, "format", MaybeObject, "text", "an object")
    if form is None:
        if not inner and verbosity is None:
            exact["text"] = raw({})
        _leave("text", inner, fields, exact)
        return None, verbosity
    whole = dict(form)
    kind = need_text(form, "type", "text.format")
    if kind not in _KINDS:
        inner["format"] = raw(whole)
        state.add("text")
        fields["text"] = raw(inner)
        return None, verbosity
    output = _format(kind, form)
    if form:
        inner["format"] = raw(whole)
    _leave("text", inner, fields, exact)
    return output, verbosity


def _format(kind: str, form: Fields) -> OutputFormat:
    if kind == "text":
        return OutputFormat("text")
    if kind == "json_object":
        return OutputFormat("json")
    schema = form.pop("schema", None)
    if schema is None or starts(schema) != b"{":
        raise wrong("text.format.schema", "a JSON Schema")
    return OutputFormat(
        "schema",
        schema=schema,
        name=take_text(form, "name", "text.format"),
        description=take(form, "description", MaybeText, "text.format"),
        strict=take(form, "strict", MaybeFlag, "text.format", "a boolean"),
    )


def _leave(name: str, inner: Fields, fields: Fields, exact: Fields) -> None:
    """Keep what is left of an object: with the extensions when it says something, else only for exactness."""
    nulls = {key: value for key, value in inner.items() if bytes(value) == b"null"}
    rest = {key: value for key, value in inner.items() if key not in nulls}
    if rest:
        fields[name] = raw(rest)
    if nulls:
        exact[name] = raw(nulls)
