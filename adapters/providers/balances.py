"""What is left on the account behind a key, where a provider tells it to the key itself. Rows and pure functions."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import msgspec

BILLION = 10**9
_MOST = 2**62


class Balance(NamedTuple):
    """`amount` in billionths of `currency`."""

    amount: int
    currency: str


class BalanceError(ValueError):
    """The answer holds no balance."""


class BalanceRow(NamedTuple):
    """`paths` follow the provider's root (scheme and host, and what stands before "/v1"), one call each, in order.

    `read` takes the answers and the root.
    """

    paths: tuple[str, ...]
    read: Callable[[list[Mapping[str, Any]], str], Balance]


def _deepseek(answers: list[Mapping[str, Any]], _root: str) -> Balance:
    infos = answers[0]["balance_infos"]
    first = next((one for one in infos if one["currency"] == "USD" and Decimal(one["total_balance"])), infos[0])
    return Balance(_billionths(first["total_balance"]), str(first["currency"])[:8])


def _moonshot(answers: list[Mapping[str, Any]], root: str) -> Balance:
    return Balance(_billionths(answers[0]["data"]["available_balance"]), "CNY" if root.endswith(".cn") else "USD")


def _siliconflow(answers: list[Mapping[str, Any]], root: str) -> Balance:
    return Balance(_billionths(answers[0]["data"]["totalBalance"]), "CNY" if root.endswith(".cn") else "USD")


def _openrouter(answers: list[Mapping[str, Any]], _root: str) -> Balance:
    data = answers[0]["data"]
    return Balance(_billionths(data["total_credits"]) - _billionths(data["total_usage"]), "USD")


def _billing(answers: list[Mapping[str, Any]], _root: str) -> Balance:
    """OpenAI's former billing paths, which New API and its relatives still serve: dollars, and hundredths spent."""
    return Balance(_billionths(answers[0]["hard_limit_usd"]) - _billionths(answers[1]["total_usage"]) // 100, "USD")


ROWS: dict[str, BalanceRow] = {
    # https://api-docs.deepseek.com/api/get-user-balance (2026-11)
    "deepseek": BalanceRow(("/user/balance",), _deepseek),
    # https://platform.kimi.ai/docs/api/balance: USD; https://platform.kimi.com/docs/api/balance: CNY (2026-11)
    "moonshot": BalanceRow(("/v1/users/me/balance",), _moonshot),
    # https://docs.siliconflow.cn/en/api-reference/userinfo/get-user-info (2026-11)
    "siliconflow": BalanceRow(("/v1/user/info",), _siliconflow),
    # https://openrouter.ai/docs/api/api-reference/credits/get-credits (2026-11): only for management keys
    "openrouter": BalanceRow(("/api/v1/credits",), _openrouter),
    # This gateway serves them too: admin/endpoints/own_usage.py.
    "new-api": BalanceRow(("/v1/dashboard/billing/subscription", "/v1/dashboard/billing/usage"), _billing),
    "openai-compatible": BalanceRow(("/v1/dashboard/billing/subscription", "/v1/dashboard/billing/usage"), _billing),
}
"""Provider id -> how its balance is asked for. A provider without a row does not tell it to a key."""


def read(provider: str, answers: list[bytes], root: str) -> Balance:
    """The balance in the answers of a provider's paths. Raises BalanceError."""
    try:
        found = ROWS[provider].read([msgspec.json.decode(answer) for answer in answers], root)
    except (KeyError, IndexError, TypeError, AttributeError, ValueError, InvalidOperation):
        raise BalanceError("the provider's answer holds no balance") from None
    if abs(found.amount) > _MOST:
        raise BalanceError("the provider's balance is beyond anything")
    return found


def root_of(base_url: str) -> str:
    """The root of an address that ends in a version: what stands before "/v1", or before "/api/v1"."""
    base = base_url.rstrip("/")
    for end in ("/api/v1", "/v1"):
        if base.endswith(end):
            return base[: -len(end)]
    return base


def _billionths(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, str | int | float) or len(str(value)) > 40:
        raise ValueError("no amount")
    amount = Decimal(str(value))
    if not amount.is_finite():
        raise ValueError("no amount")
    return int(amount * BILLION)
