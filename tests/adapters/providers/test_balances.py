"""Balances as the providers' pages show them, and lists of models."""

import msgspec
import pytest

from adapters import upstream_models
from adapters.providers import balances
from adapters.providers.balances import Balance, BalanceError
from adapters.registry import PROVIDERS
from adapters.upstream_models import ModelListError

# Examples of the pages that adapters/providers/balances.py names (2026-11).
DEEPSEEK = (
    '{"is_available":true,"balance_infos":[{"currency":"CNY","total_balance":"110.00","granted_balance":"10.00",'
    '"topped_up_balance":"100.00"}]}'
)
MOONSHOT = '{"code":0,"data":{"available_balance":49.58894,"voucher_balance":46.58893,"cash_balance":3.00001}}'
SILICON = '{"code":20000,"data":{"balance":"0.88","chargeBalance":"88.00","totalBalance":"88.88"}}'
OPENROUTER = '{"data":{"total_credits":100.5,"total_usage":25.75}}'


@pytest.mark.parametrize(
    ("provider", "answers", "root", "found"),
    [
        ("deepseek", [DEEPSEEK], "api.deepseek.com", Balance(110_000_000_000, "CNY")),
        ("moonshot", [MOONSHOT], "api.moonshot.cn", Balance(49_588_940_000, "CNY")),
        ("moonshot", [MOONSHOT], "api.moonshot.ai", Balance(49_588_940_000, "USD")),
        ("siliconflow", [SILICON], "api.siliconflow.com", Balance(88_880_000_000, "USD")),
        ("openrouter", [OPENROUTER], "openrouter.ai", Balance(74_750_000_000, "USD")),
        ("new-api", ['{"hard_limit_usd":20.5}', '{"total_usage":1025.0}'], "x", Balance(10_250_000_000, "USD")),
    ],
)
def test_balances(provider: str, answers: list[str], root: str, found: Balance) -> None:
    assert balances.read(provider, [answer.encode() for answer in answers], root) == found


@pytest.mark.parametrize(
    "answer",
    [b"", b"[]", b"{}", b'{"data":null}', b'{"data":{"total_credits":true,"total_usage":1}}', b'"text"', b"\xff",
     b'{"data":{"total_credits":"NaN","total_usage":1}}', b'{"data":{"total_credits":1e30,"total_usage":1}}'],
)  # fmt: skip
@pytest.mark.parametrize("provider", balances.ROWS)
def test_no_balance(provider: str, answer: bytes) -> None:
    with pytest.raises(BalanceError):
        balances.read(provider, [answer, answer], "x")


def test_rows_are_of_providers_that_exist() -> None:
    assert set(balances.ROWS) <= set(PROVIDERS)


@pytest.mark.parametrize(
    ("address", "root"),
    [("https://a.example/v1", "https://a.example"), ("https://openrouter.ai/api/v1/", "https://openrouter.ai"),
     ("https://a.example/x", "https://a.example/x"), ("https://api.deepseek.com", "https://api.deepseek.com")],
)  # fmt: skip
def test_roots(address: str, root: str) -> None:
    assert balances.root_of(address) == root


def test_lists_of_models() -> None:
    answer = b'{"data":[{"id":"a"},{"id":"b"},{"id":"a"},{"id":"with space"},{"id":""}]}'
    assert upstream_models.names("chat", answer) == (["a", "b"], "")
    assert upstream_models.names("chat", b'[{"id":"a"}]') == (["a"], "")
    page = b'{"data":[{"id":"claude-1"}],"has_more":true,"last_id":"claude-1"}'
    assert upstream_models.names("messages", page) == (["claude-1"], "claude-1")
    assert upstream_models.path("messages", "claude-1") == "/models?limit=1000&after_id=claude-1"
    page = b'{"models":[{"name":"models/gemini-1"}],"nextPageToken":"abc"}'
    assert upstream_models.names("gemini", page) == (["gemini-1"], "abc")
    assert upstream_models.names("gemini", msgspec.json.encode({"models": [], "nextPageToken": "a&b"})) == ([], "")
    assert upstream_models.path("chat", "more") is None
    assert upstream_models.path("unknown") is None
    for wrong in (b"", b"{}", b'{"data":[1]}', b'{"data":null}', b"7"):
        with pytest.raises(ModelListError):
            upstream_models.names("chat", wrong)
