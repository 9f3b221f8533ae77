"""Reads from the code which problems the API answers with, so that they can be told in other languages.

    python -m admin.problem_catalogue writes admin/problems.json anew; a test fails while it differs

Only sentences that are written out in the code are found. Knows no request; `problem_texts.py` looks sentences up.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from pydantic_core._pydantic_core import list_all_errors

ROOT = Path(__file__).parents[1]

_ADMIN_WITHOUT = {"cli", "client", "ui", "static"}
_LOGGED_ONLY = {"federation", "imports"}
"""What exceptions say there goes to the log."""

_STORAGE = ("payments", "subscriptions", "listing.py")
_NAMED = {
    "wrong",
    "detail",
    "reason",
    "why",
    "msg",
    "said",
    "message",
    "refused",
    "TOO_LARGE",
    "_NOT_GOOD",
    "_SENTENCES",
}
_ENDS = {"code-": ("disabled", "expired", "redeemed", "unknown")}
"""What stands behind the beginning of a slug that is put together: the states of a redemption code."""

_SENTENCE_AT = {"Problem": 1, "ContendedError": 1, "unauthorized": 0}
_MOST_LETTERS = 72

# What pydantic says of input that the schemas of this API can refuse.
_PYDANTIC = re.compile(
    r"missing|extra_forbidden|string_(type|too_short|too_long|pattern_mismatch)|int_(type|parsing|parsing_size|from_float)"
    r"|float_(type|parsing)|bool_(type|parsing)|greater_than(_equal)?|less_than(_equal)?|multiple_of|finite_number"
    r"|literal_error|enum|list_type|dict_type|set_type|tuple_type|too_(short|long)|model_(type|attributes_type)"
    r"|none_required|date(time)?_(type|parsing|from_date_parsing|from_datetime_parsing|object_invalid)"
    r"|timezone_aware|union_tag_(invalid|not_found)|decimal_(type|parsing|max_digits|max_places|whole_digits)"
    r"|url_(type|parsing|scheme|too_long)|bytes_type|json_invalid"
)
# As `problems.py` says them.
_OWN_WORDS = {"missing": "is required", "extra_forbidden": "is not a known field"}


class Sentence(NamedTuple):
    """A text with {names} where something is filled in."""

    code: str
    text: str
    params: tuple[str, ...]


class Found:
    """What was read so far."""

    def __init__(self) -> None:
        self.sentences: set[str] = set()
        self.fields: set[str] = set()
        self.kinds: set[str] = set()
        self.slugs: dict[str, set[int]] = defaultdict(set)


def _files() -> Iterator[Path]:
    for path in sorted((ROOT / "admin").rglob("*.py")):
        if path.relative_to(ROOT / "admin").parts[0] not in _ADMIN_WITHOUT and path != Path(__file__):
            yield path
    for name in _STORAGE:
        found = ROOT / "storage" / name
        yield from [found] if found.is_file() else sorted(found.rglob("*.py"))


def _template(node: ast.expr) -> str | None:
    """A text that is written out, as a template; None for what is put together elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.replace("{", "{{").replace("}", "}}")
    if not isinstance(node, ast.JoinedStr):
        return None
    text = ""
    used: set[str] = set()
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            name = base = _name(part.value)
            while name in used:
                name = f"{base}_{len(used)}"
            used.add(name)
            text += f"{{{name}}}"
    return text


def _name(node: ast.expr) -> str:
    names = [one.id if isinstance(one, ast.Name) else one.attr for one in ast.walk(node)
             if isinstance(one, ast.Name | ast.Attribute)]  # fmt: skip
    plain = [name.strip("_").lower() for name in names if name not in {"len", "str", "join", "sorted", "min", "max"}]
    return next((name for name in plain if name), "value")


def _read(tree: ast.Module, found: Found, *, raised: bool) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            _call(node, found)
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and raised:
            _raised(node.exc, found)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name | ast.Attribute):
            target = node.targets[0]
            name = target.id if isinstance(target, ast.Name) else target.attr
            if name in _NAMED:
                _said(node.value, found)
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Constant | ast.JoinedStr):
            _said(node.value, found)


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _call(node: ast.Call, found: Found) -> None:
    name = _called(node)
    if name in _SENTENCE_AT and len(node.args) > _SENTENCE_AT[name]:
        text = _template(node.args[_SENTENCE_AT[name]])
        if text and text[0] != "{":
            found.sentences.add(text)
        _slug(node, name, found)
    elif name == "not_found" and isinstance(node.args[0], ast.Constant):
        found.kinds.add(str(node.args[0].value))
    elif name == "invalid" and node.args and isinstance(node.args[0], ast.List):
        for pair in node.args[0].elts:
            if isinstance(pair, ast.Tuple) and (text := _template(pair.elts[1])):
                found.fields.add(text)


def _slug(node: ast.Call, name: str, found: Found) -> None:
    status = 401 if name == "unauthorized" else getattr(node.args[0], "value", None)
    given = [word.value for word in node.keywords if word.arg == "slug"]
    if not isinstance(status, int):
        return
    if not given:
        found.slugs[HTTPStatus(status).phrase.lower().replace(" ", "-")].add(status)
    if given and isinstance(given[0], ast.JoinedStr):
        prefix = (_template(given[0]) or "").partition("{")[0]
        for end in _ENDS.get(prefix, ("",)):
            found.slugs[prefix + end].add(status)
        return
    for one in ast.walk(given[0]) if given else ():
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            found.slugs[one.value].add(status)


def _raised(node: ast.Call, found: Found) -> None:
    """What an exception of ours says may become a problem, or be said of a field."""
    name = _called(node)
    if name == "ValueError" or name.endswith("Error"):
        text = _template(node.args[0]) if node.args else None
        if text and " " in text:
            (found.sentences if text.endswith(".") else found.fields).add(text)


def _said(node: ast.expr, found: Found) -> None:
    parts = {id(part) for one in ast.walk(node) if isinstance(one, ast.JoinedStr) for part in one.values}
    for one in ast.walk(node):
        if not isinstance(one, ast.Constant | ast.JoinedStr) or id(one) in parts:
            continue
        text = (_template(one) or "").rstrip()
        if text.count(" ") > 1 and text[0].isalpha():
            if text.endswith("."):
                found.sentences.add(text)
            elif text.startswith(("must ", "is ", "are ", "names ", "needs ", "only ", "this ", "sort ", "a ", "at ")):
                found.fields.add(text)


def _sentences(texts: Iterable[str]) -> list[Sentence]:
    known: set[str] = set()
    found = []
    seen: set[str] = set()
    for text in sorted(texts):
        plain = re.sub(r"(?<!\{)\{\w+\}(?!\})", " ", text)
        if plain in seen:
            continue
        seen.add(plain)
        words = re.findall(r"[a-z0-9]+", plain.lower().replace("'", ""))
        code = ""
        for word in words:
            if len(code) + len(word) >= _MOST_LETTERS:
                break
            code = f"{code}-{word}" if code else word
        base, number = code or "said", 2
        code = base
        while code in known:
            code, number = f"{base}-{number}", number + 1
        known.add(code)
        found.append(Sentence(code, text, tuple(re.findall(r"(?<!\{)\{(\w+)\}(?!\})", text))))
    return sorted(found)


def _pydantic() -> list[dict[str, Any]]:
    found = []
    for error in list_all_errors():
        kind = str(error["type"])
        if _PYDANTIC.fullmatch(kind):
            text = _OWN_WORDS.get(kind) or str(error["message_template_python"])
            found.append({"code": kind, "text": text, "params": re.findall(r"\{(\w+)\}", text)})
    return sorted(found, key=lambda one: str(one["code"]))


def catalogue() -> dict[str, Any]:
    """Slugs with their statuses, kinds of objects, sentences of problems, what is said of fields, pydantic's words."""
    found = Found()
    for path in _files():
        raised = _LOGGED_ONLY.isdisjoint(path.parts)
        _read(ast.parse(path.read_text(encoding="utf-8")), found, raised=raised)
    # What `problems.py` and `request_id.py` answer for others.
    for status in (404, 405, 409, 413, 500):
        found.slugs[HTTPStatus(status).phrase.lower().replace(" ", "-")].add(status)
    found.slugs["invalid"].add(422)
    found.slugs["bad-json"].add(400)
    fields = {text[:1].lower() + text[1:] for text in found.fields}
    several = Sentence("fields-not-acceptable", "{count} fields are not acceptable.", ("count",))
    return {
        "slugs": {slug: sorted(statuses) for slug, statuses in sorted(found.slugs.items())},
        "kinds": sorted(found.kinds),
        "sentences": [one._asdict() for one in sorted([several, *_sentences(found.sentences)])],
        "fields": [one._asdict() for one in _sentences(fields)],
        "checks": _pydantic(),
    }


def text() -> str:
    """The file's content."""
    return msgspec.json.format(msgspec.json.encode(catalogue()), indent=1).decode() + "\n"


if __name__ == "__main__":
    (ROOT / "admin" / "problems.json").write_text(text(), encoding="utf-8")
