"""Names in the audit log: the list has what the code records and nothing else, and the console has words for each."""

import ast
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from admin import schemas
from admin.audit_names import ACTIONS, KINDS
from admin.said import CONSOLE
from admin.schemas.apply import Action as ApplyAction
from admin.schemas.apply import Kind as ApplyKind
from admin.schemas.channel_more import ChannelJob, ChannelKeysChange
from admin.schemas.order import RefundSettle
from admin.schemas.redemption_code import CodeBulk
from admin.words import LOCALES

ADMIN = Path(__file__).parents[2] / "admin"
_ANY = "[a-z_-]+"
_ACTION = re.compile(r"[a-z_\[\]+\\-]+(\\\.[a-z_\[\]+\\-]+)+")
_RECORDS = {"record", "record_all", "_record", "_changed", "change"}
"""What takes an action: the audit log's own functions, and those of endpoints that hand it on."""


def _files() -> Iterator[Path]:
    for path in sorted(ADMIN.rglob("*.py")):
        if path.relative_to(ADMIN).parts[0] not in {"cli", "client", "ui"}:
            yield path


def _name(node: ast.Call) -> str:
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))


def _texts(node: ast.expr) -> Iterator[str]:
    """What an expression may be, as patterns: a place stands for one word."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield re.escape(node.value)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else _ANY for part in node.values)


def _recorded() -> set[str]:
    """Every action that stands in the code, as a pattern."""
    found = set()
    for path in _files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            given: list[ast.expr] = []
            if isinstance(node, ast.Call) and _name(node) in _RECORDS:
                given = [*node.args, *(word.value for word in node.keywords if word.arg == "action")]
            elif isinstance(node, ast.AsyncFunctionDef) and node.name in _RECORDS:
                given = [one for one in (*node.args.defaults, *node.args.kw_defaults) if one is not None]
            found |= {text for one in given for text in _texts(one) if _ACTION.fullmatch(text)}
    return found


def test_the_list_has_what_is_recorded() -> None:
    recorded = _recorded()
    assert [text for text in recorded if not any(re.fullmatch(text, action) for action in ACTIONS)] == []
    # What is put together: only these words can stand in its place.
    places = {text for text in recorded if _ANY in text}
    assert places == {rf"apply\.{_ANY}", rf"channels\.{_ANY}", rf"channels\.keys\.{_ANY}", rf"codes\.{_ANY}",
                      rf"orders\.refund\-{_ANY}", rf"{_ANY}s\.{_ANY}", rf"{_ANY}s\.redeliver"}  # fmt: skip
    said = {re.sub(r"\\(.)", r"\1", text) for text in recorded - places}
    said |= {f"apply.{one}" for one in get_args(ApplyAction) if one != "unchanged"}
    said |= {f"channels.{one}" for one in _literals(ChannelJob, "action")}
    said |= {f"channels.keys.{one}" for one in _literals(ChannelKeysChange, "action")}
    said |= {f"codes.{one}" for one in _literals(CodeBulk, "action")}
    said |= {f"orders.refund-{one}" for one in _literals(RefundSettle, "result")}
    said |= {f"{noun}.{verb}" for noun in ("targets", "webhooks") for verb in (*_target_verbs(), "redeliver")}
    assert said == ACTIONS, "mend _VERBS in admin/audit_names.py, and the words in locales/*/audit.json"


def _literals(shape: type[BaseModel], field: str) -> tuple[str, ...]:
    return get_args(shape.model_fields[field].annotation)


def _target_verbs() -> set[str]:
    tree = ast.parse((ADMIN / "target_rows.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "record"]
    return {str(ast.literal_eval(node.args[3])) for node in calls}


def test_the_list_has_the_kinds() -> None:
    found: set[str] = set()
    made: set[str] = set()
    for path in _files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("audit.record"):
                (kind,) = [word.value for word in node.keywords if word.arg == "kind"]
                (found if isinstance(kind, ast.Constant) else made).add(ast.unparse(kind).strip("'"))
    assert made == {"change.kind", "noun", "scope"}
    assert found | {*get_args(ApplyKind), "target", "webhook", "user", "organisation"} == KINDS


@pytest.mark.parametrize("locale", LOCALES)
def test_the_console_has_words_for_all(locale: str) -> None:
    words = json.loads((CONSOLE / locale / "audit.json").read_text(encoding="utf-8"))
    assert set(words["kinds"]) == KINDS
    assert {name.replace("/", ".") for name in words["actions"]} == ACTIONS
    assert all(words["actions"].values())
    assert all(words["kinds"].values())
    assert _fields() - words["of"].keys() == set()


_SHOWN = [
    "AnnouncementOut",
    "BudgetOut",
    "CaptureRuleOut",
    "ChannelOut",
    "GroupOut",
    "IdentityProviderOut",
    "InvitationOut",
    "KeyOut",
    "LimitOut",
    "ModelOut",
    "VendorOut",
    "OrganisationOut",
    "TeamOut",
    "PasskeyOut",
    "PlanOut",
    "PriceOut",
    "RoleOut",
    "SafetyRuleOut",
    "SubscriptionOut",
    "TargetOut",
    "TokenOut",
    "UserOut",
    "ViewOut",
]
"""What is handed to the audit log as it is, so that each of its fields may stand there."""


def _fields() -> set[str]:
    modules = [
        importlib.import_module(f"{schemas.__name__}.{one.name}") for one in pkgutil.iter_modules(schemas.__path__)
    ]
    shapes = {name: vars(module)[name] for name in _SHOWN for module in modules if name in vars(module)}
    assert len(shapes) == len(_SHOWN)
    return {field for shape in shapes.values() for field in shape.model_fields}
