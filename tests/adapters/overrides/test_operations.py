"""What each operation does, the ones that New API's rules have under their names."""

from typing import Any

import pytest

from adapters.errors import ClientError, UpstreamError
from adapters.overrides import Context, compile_overrides
from adapters.overrides.operations import OPERATIONS
from tests.adapters.overrides.rules import apply


def turns(system: str, user: str) -> dict[str, Any]:
    return {"messages": [{"role": "system", "content": system}, {"role": "user", "content": user}]}


TURNS = turns("Be brief", "Hi there")["messages"]
BODY = {"model": "m", "temperature": 0.7, "messages": TURNS, "metadata": {"a.b": 1, "n": {"deep": True}}, "stop": ["x"]}

CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("set", {"path": "temperature", "value": 0.2}, {"temperature": 0.2}),
    ("set", {"path": "temperature", "value": 0.2, "keep_origin": True}, {}),
    ("set", {"path": "top_k", "value": None}, {"top_k": None}),
    ("set", {"path": "extra.deep.er", "value": [1]}, {"extra": {"deep": {"er": [1]}}}),
    ("set", {"path": "messages.-1.content", "value": "x"}, {"messages": [TURNS[0], {"role": "user", "content": "x"}]}),
    ("set", {"path": "messages.2", "value": {"role": "user"}}, {"messages": [*TURNS, {"role": "user"}]}),
    ("set", {"path": "messages.7", "value": 1}, {}),
    ("set", {"path": "temperature.deep", "value": 1}, {}),
    ("set", {"path": "metadata.a\\.b", "value": 2}, {"metadata": {"a.b": 2, "n": {"deep": True}}}),
    ("set", {"path": "stop.*", "value": "y"}, {"stop": ["y"]}),
    ("default", {"path": "temperature", "value": 1}, {}),
    ("default", {"path": "top_p", "value": 1}, {"top_p": 1}),
    ("delete", {"path": "temperature"}, {"temperature": ...}),
    ("delete", {"path": "nothing.here"}, {}),
    ("delete", {"path": "messages.*.content"}, {"messages": [{"role": "system"}, {"role": "user"}]}),
    ("delete", {"path": "messages.*"}, {"messages": []}),
    ("copy", {"from": "temperature", "to": "top_p"}, {"top_p": 0.7}),
    ("copy", {"from": "nothing", "to": "top_p"}, {}),
    ("copy", {"from": "temperature", "to": "stop", "keep_origin": True}, {}),
    ("copy", {"from": "messages.0.content", "to": "system"}, {"system": "Be brief"}),
    ("move", {"from": "metadata.n", "to": "n"}, {"metadata": {"a.b": 1}, "n": {"deep": True}}),
    ("move", {"from": "nothing", "to": "n"}, {}),
    ("append", {"path": "messages.0.content", "value": "!"}, turns("Be brief!", "Hi there")),
    ("append", {"path": "stop", "value": "y"}, {"stop": ["x", "y"]}),
    ("append", {"path": "stop", "value": ["y", "z"]}, {"stop": ["x", "y", "z"]}),
    ("append", {"path": "metadata", "value": {"a.b": 3, "c": 4}},
     {"metadata": {"a.b": 3, "n": {"deep": True}, "c": 4}}),
    ("append", {"path": "metadata", "value": {"a.b": 3}, "keep_origin": True}, {}),
    ("append", {"path": "temperature", "value": "x"}, {}),
    ("append", {"path": "fresh", "value": ["x"]}, {"fresh": ["x"]}),
    ("prepend", {"path": "messages.0.content", "value": "! "}, turns("! Be brief", "Hi there")),
    ("prepend", {"path": "stop", "value": "y"}, {"stop": ["y", "x"]}),
    ("trim_prefix", {"path": "stop.0", "value": "x"}, {"stop": [""]}),
    ("trim_suffix", {"path": "messages.1.content", "value": " there"}, turns("Be brief", "Hi")),
    ("ensure_prefix", {"path": "stop.0", "value": "ab"}, {"stop": ["abx"]}),
    ("ensure_prefix", {"path": "stop.0", "value": "x"}, {}),
    ("ensure_suffix", {"path": "stop.0", "value": "ab"}, {"stop": ["xab"]}),
    ("ensure_suffix", {"path": "stop.0", "value": "x"}, {}),
    ("to_lower", {"path": "messages.1.content"}, turns("Be brief", "hi there")),
    ("to_upper", {"path": "stop.*"}, {"stop": ["X"]}),
    ("replace", {"path": "stop.0", "from": "x", "to": "yx"}, {"stop": ["yx"]}),
    ("replace", {"path": "stop.0", "from": "q"}, {}),
    ("replace", {"path": "temperature", "from": "7", "to": "8"}, {}),
    ("regex_replace", {"path": "messages.*.content", "from": "(?i)b(e) (?P<rest>b\\w+)", "to": "$1-${rest}$$"},
     turns("e-brief$", "Hi there")),
    ("regex_replace", {"path": "stop.0", "from": "^x$"}, {"stop": [""]}),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "rule", "changes"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)])
def test_operations(mode: str, rule: dict[str, Any], changes: dict[str, Any]) -> None:
    expected = {name: value for name, value in {**BODY, **changes}.items() if value is not ...}
    assert apply([{"mode": mode, **rule}], BODY)[0] == expected


def test_white_space() -> None:
    assert apply([{"mode": "trim_space", "path": "a"}], {"a": " \n x\t "})[0] == {"a": "x"}


def test_every_operation_is_tested() -> None:
    here = {mode for mode, _, _ in CASES} | {"trim_space", "return_error", "prune_objects"}
    headers = {"set_header", "delete_header", "copy_header", "move_header", "pass_headers", "sync_fields"}
    assert here | headers == OPERATIONS.keys()


def test_operations_follow_one_another() -> None:
    rules = [
        {"mode": "set", "path": "a", "value": {"list": [1]}},
        {"mode": "copy", "from": "a", "to": "b"},
        {"mode": "append", "path": "b.list", "value": 2},
        {"mode": "move", "from": "b.list.0", "to": "c"},
    ]
    expected = {"a": {"list": [1]}, "b": {"list": [2]}, "c": 1}
    assert apply(rules, {})[0] == expected
    assert apply({"operations": rules}, {})[0] == expected, "values of rules are never changed by what follows"


TOOLS = {"tools": [{"type": "a", "n": 1}, {"type": "b", "n": 2, "f": {"x": "é"}}, {"type": "b", "n": 3}, "text"]}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ('tools.#(type=="b").n', [2]),
        ('tools.#(type=="b")#.n', [2, 3]),
        ("tools.#(type==b)#.n", [2, 3]),
        ('tools.#(type!="b").n', [1]),
        ("tools.#(n>=2)#.n", [2, 3]),
        ("tools.#(n<2)#.n", [1]),
        ("tools.#(n>2).n", [3]),
        ('tools.#(type<="a")#.n', [1]),
        ('tools.#(f.x=="é").n', [2]),
        ('tools.#(type=="c").n', []),
        ("tools.#.n", [1, 2, 3]),
        ("tools.1.#(n==2).n", []),
        ('tools.#(type=="a.b)").n', []),
    ],
)
def test_elements_are_found_by_a_field(path: str, found: list[int]) -> None:
    body = apply([{"mode": "set", "path": path, "value": 0}], TOOLS)[0]
    changed = [item["n"] for item, new in zip(TOOLS["tools"], body["tools"], strict=True) if item != new]  # type: ignore[index]  # objects
    assert changed == found


def test_fields_beside_operations_come_first() -> None:
    rules = {"a": 1, "operations": [{"mode": "copy", "from": "a", "to": "b"}]}
    assert apply(rules, {})[0] == {"a": 1, "b": 1}


def test_a_plain_object_sets_its_fields() -> None:
    assert apply({"temperature": 0.1, "a.b": 2}, {"temperature": 1})[0] == {"temperature": 0.1, "a.b": 2}


def test_what_no_rule_names_keeps_its_bytes() -> None:
    body = {"big": 2**63, "float": 1.50, "a": 1}
    assert apply([{"mode": "delete", "path": "a"}], body)[0] == {"big": 2**63, "float": 1.5}


@pytest.mark.parametrize("value", [b'{"n":1e999}', b'"\\ud800"', b"[" * 5000 + b"]" * 5000])
@pytest.mark.parametrize("settings", [{"param_override": {"a": 1}}, {"system_prompt": "P"}])
def test_what_cannot_be_read_is_the_clients(value: bytes, settings: dict[str, Any]) -> None:
    overrides = compile_overrides({**settings, "privacy": ["a.b", "system.c"]})
    assert overrides is not None
    with pytest.raises(ClientError) as caught:
        overrides.request(b'{"a":%b,"system":%b}' % (value, value), (), Context(protocol="messages"))
    assert caught.value.status == 400


def test_large_numbers_stay_whole() -> None:
    big = 123456789012345678901234567890
    assert apply([{"mode": "set", "path": "a.b", "value": 1}], {"a": {"big": big}})[0] == {"a": {"big": big, "b": 1}}


@pytest.mark.parametrize(
    ("value", "status", "code", "kind"),
    [
        ("No.", 400, "refused_by_rule", ClientError),
        ({"message": "No.", "status_code": 451, "code": "law"}, 451, "law", ClientError),
        ({"message": "No.", "status_code": 503}, 503, "upstream_rule", UpstreamError),
        ({"message": "No.", "skip_retry": False}, 400, "upstream_rule", UpstreamError),
    ],
)
def test_a_rule_can_refuse(value: Any, status: int, code: str, kind: type[Exception]) -> None:
    rule = {"mode": "return_error", "value": value, "conditions": [{"path": "stream", "value": True}]}
    assert apply([rule], {"stream": False})[0] == {"stream": False}
    with pytest.raises(kind) as caught:
        apply([rule], {"stream": True})
    assert isinstance(caught.value, ClientError | UpstreamError)
    assert (caught.value.status, caught.value.code, caught.value.message) == (status, code, "No.")
    if isinstance(caught.value, UpstreamError):
        assert caught.value.retryable is (isinstance(value, dict) and value.get("skip_retry") is False)


THOUGHTS: dict[str, Any] = {
    "messages": [
        {"role": "user", "content": [{"type": "text"}, {"type": "redacted_thinking"}]},
        {"type": "redacted_thinking"},
    ],
    "other": [{"type": "redacted_thinking"}, "redacted_thinking"],
}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            {"value": "redacted_thinking"},
            {"messages": [{"role": "user", "content": [{"type": "text"}]}], "other": ["redacted_thinking"]},
        ),
        (
            {"path": "messages", "value": {"where": {"type": "redacted_thinking"}, "recursive": False}},
            {**THOUGHTS, "messages": THOUGHTS["messages"][:1]},
        ),
        (
            {
                "path": "messages.*.content",
                "value": {"conditions": [{"path": "type", "mode": "prefix", "value": "red"}]},
            },
            {**THOUGHTS, "messages": [{"role": "user", "content": [{"type": "text"}]}, THOUGHTS["messages"][1]]},
        ),
        ({"value": {"where": {"type": "text", "role": "x"}, "logic": "and"}}, THOUGHTS),
        ({"path": "other", "value": {"type": "redacted_thinking"}}, {**THOUGHTS, "other": ["redacted_thinking"]}),
        ({"value": {"conditions": [{"path": "model", "mode": "exists"}]}}, THOUGHTS),
    ],
)  # fmt: skip
def test_objects_are_pruned(rule: dict[str, Any], expected: dict[str, Any]) -> None:
    assert apply([{"mode": "prune_objects", **rule}], THOUGHTS)[0] == expected
