"""What the gateway says of things: each sentence has a code, and words in every language here and in the console."""

import ast
import re
from pathlib import Path

import pytest

from adapters.errors import classify
from adapters.safety.guard import DEFAULT_MESSAGE
from admin import said as module
from admin.problem_catalogue import _template
from admin.said import SaidOut, in_words, said
from admin.words import LOCALES, catalog
from deployments.leases_waiting import Insufficient
from deployments.rates_answers import RateLimited
from deployments.rates_rules import LimitRow, Rule
from deployments.route_explain import Asking, explained
from deployments.serving import _forbidden
from deployments.settings import Timeouts
from storage.payments.states import Kind, Notice, problem_of_payment
from storage.subscriptions import told

ROOT = Path(__file__).parents[2]
_NAME = re.compile(r"\{(\w+)\}")

# Where sentences are made that people read later: in what calls, or in the whole file.
_CALLS = {
    "adapters/errors.py": {"UpstreamError"},
    "adapters/whole.py": {"UpstreamError"},
    "deployments/answer.py": {"UpstreamError"},
    "deployments/answers.py": {"UpstreamError"},
    "deployments/channel_calls.py": {"UpstreamError", "ProbeResult", "ChannelAskError"},
    "deployments/pool.py": {"UpstreamError"},
    "deployments/probe.py": {"ValueError"},
    "storage/pricing/detail.py": {"append", "Explanation"},
    "admin/channel_health.py": {"switch_off"},
    "admin/notifications/sending.py": {"Result"},
    "admin/background/events.py": {"Result"},
    "adapters/canonical/loss.py": {"ClientError"},
    "adapters/head.py": {"ClientError"},
    "adapters/overrides/document.py": {"ClientError"},
    "adapters/overrides/patterns.py": {"ClientError"},
    "adapters/protocols/chat/values.py": {"ClientError"},
    "adapters/protocols/gemini/reading.py": {"ClientError"},
    "adapters/protocols/messages/read_request.py": {"ClientError"},
    "adapters/protocols/responses/schema.py": {"ClientError"},
    "deployments/asking.py": {"ClientError"},
    "deployments/booking.py": {"GatewayFault"},
    "deployments/fetch.py": {"GatewayFault", "_refused"},
    "deployments/gate.py": {"ClientError", "NotUsable"},
    "deployments/key_rules.py": {"ClientError"},
    "deployments/leases_waiting.py": {"__init__"},
    "deployments/pipeline.py": {"GatewayFault", "UpstreamError"},
    "deployments/rates_answers.py": {"GatewayFault"},
    "deployments/responses_turn.py": {"ClientError"},
    "deployments/safety.py": {"ClientError"},
    "deployments/safety_hooks.py": {"GatewayFault"},
}
_ASSIGNED = {
    "storage/events/deliveries.py": "disabled_because",
    "storage/pricing/detail.py": "problems",
    "deployments/channel_calls.py": "said",
    "storage/payments/settling.py": "problem",
    "admin/endpoints/topups.py": "title",
}


def _written(node: ast.expr) -> set[str | None]:
    if isinstance(node, ast.IfExp):
        return _written(node.body) | _written(node.orelse)
    if isinstance(node, ast.Subscript):  # cut to what the column takes
        return _written(node.value)
    if isinstance(node, ast.List):
        return {text for each in node.elts for text in _written(each)}
    return _written(node.elt) if isinstance(node, ast.ListComp) else {_template(node)}


def _made(path: str) -> set[str]:
    """The sentences of a file, as templates."""
    found: set[str | None] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in _CALLS.get(path, ()):
                for each in (*node.args, *(word.value for word in node.keywords)):
                    found |= _written(each)
        elif isinstance(node, ast.Assign) and path in _ASSIGNED:
            target = node.targets[0]
            if getattr(target, "id", getattr(target, "attr", "")) == _ASSIGNED[path]:
                found |= _written(node.value)
    return {text for text in found if text and text.count(" ") > 1}


@pytest.mark.parametrize("path", sorted({*_CALLS, *_ASSIGNED}))
def test_what_is_said_there_has_a_code(path: str) -> None:
    made = _made(path)
    assert made, "nothing is said there any more: take it out of the table"
    unknown = []
    for text in made:
        found = said(_NAME.sub("7", text))
        if found is None or not found.code:
            unknown.append(text)
    assert unknown == [], "give it a code under `said` in admin/words, then: python -m admin.said"


def test_why_a_request_is_refused_has_a_code() -> None:
    assert _code(_forbidden("a b").message) == "model-not-for-key"
    assert _code(_forbidden("a", "The group of this API key").message) == "model-not-for-group"
    found = explained([], Timeouts(), Asking("no-such"), None)
    assert said(found["refused"]) == SaidOut(
        text="The model 'no-such' does not exist here.", code="model-unknown", params={"model": "no-such"}
    )


@pytest.mark.parametrize(
    "text",
    ["There is no such channel.", "It accepts only globs, and names no model to test with.",
     "The provider's answer is no list of models.", "The provider's answer holds no balance.",
     "The provider's balance is beyond anything."],
)  # fmt: skip
def test_what_jobs_say_of_channels_has_a_code(text: str) -> None:
    assert _code(text).startswith("channel-")


def test_why_a_request_failed_has_a_code() -> None:
    rule = Rule(LimitRow(1, "slow", "requests", "minute", 5))
    assert _code(RateLimited(rule, 1, 12.0).message) == "limit-reached-wait"
    assert _code(RateLimited(rule, 1, 0).message) == "limit-reached"
    assert _code(DEFAULT_MESSAGE) == "safety-blocked"
    found = said(Insufficient(1, 3, 5, "budget of the team").message)
    assert found is not None
    assert (found.code, found.params["account"]) == ("balance-insufficient", "budget of the team")


def test_why_somebody_has_to_look_at_an_order_has_a_code() -> None:
    notice = Notice(Kind.PAID, "o", currency="EUR", amount=5)
    assert _code(problem_of_payment("USD", 5, notice)) == "order-other-currency"
    assert _code(problem_of_payment("EUR", 6, notice)) == "order-other-amount"


def test_why_subscriptions_end_has_codes() -> None:
    assert [text for text in told._WORDS.values() if not _code(text)] == []


def _code(text: str) -> str:
    found = said(text)
    return found.code if found is not None else ""


@pytest.mark.parametrize("locale", LOCALES)
def test_every_code_has_words(locale: str) -> None:
    english, ours = catalog("en")["said"], catalog(locale)["said"]
    assert list(ours) == list(english)
    assert [code for code in ours if set(_NAME.findall(ours[code])) != set(_NAME.findall(english[code]))] == []
    if locale != "en":
        assert [code for code in ours if ours[code] == english[code]] == []
    file = module.CONSOLE / locale / "said.json"
    assert file.read_text(encoding="utf-8") == module.console(locale), "run: python -m admin.said"


def test_every_sentence_finds_itself() -> None:
    for code, text in catalog("en")["said"].items():
        assert _code(_NAME.sub("7", text)) == code


def test_a_status_stands_before_it() -> None:
    error = classify(401, "application/json", b"{}")
    found = said(f"HTTP 401: {error.message}")
    assert found is not None
    assert (found.code, found.status, found.params) == ("upstream-auth", 401, {})
    assert in_words(found.text, "fr").startswith("HTTP 401: Le fournisseur a refusé")
    assert in_words(found.text, "en") == in_words(found.text, "de") == found.text


def test_what_nobody_knows_stays() -> None:
    found = said("HTTP 418: I am {a} teapot.")
    assert found is not None
    assert (found.code, found.status, found.text) == ("", 0, "HTTP 418: I am {a} teapot.")
    assert in_words("{x} by hand", "ja") == "{x} by hand"
    assert said("") is said(None) is None
