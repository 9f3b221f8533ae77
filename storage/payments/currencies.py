"""Currencies: how many digits their smallest unit has, as payment providers count. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

_NONE = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_TWO = (
    "AED ARS AUD BDT BGN BRL CAD CHF CNY COP CZK DKK EGP EUR GBP GEL GHS HKD HUF IDR ILS INR KES KZT LKR MAD MXN MYR "
    "NGN NOK NPR NZD PEN PHP PKR PLN RON RSD SAR SEK SGD THB TRY TWD TZS UAH USD UYU ZAR"
)

# docs.stripe.com/currencies (2026-11): amounts are in the smallest unit; these have none. ISK and UGX, which must be
# given with two digits that are zero, and currencies of three digits are left out.
DIGITS: Mapping[str, int] = dict.fromkeys(_NONE.split(), 0) | dict.fromkeys(_TWO.split(), 2)
"""Currency (ISO 4217) -> digits behind the point."""


def text(amount: int, currency: str) -> str:
    """An amount in the smallest unit as decimal text in the currency: 1050 EUR -> "10.50"."""
    digits = DIGITS.get(currency, 2)
    sign, amount = ("-", -amount) if amount < 0 else ("", amount)
    if not digits:
        return f"{sign}{amount}"
    whole, rest = divmod(amount, 10**digits)
    return f"{sign}{whole}.{rest:0{digits}d}"


def usd(nano: int) -> str:
    """nano-USD as decimal text in USD: 1500000000 -> "1.5"."""
    sign, nano = ("-", -nano) if nano < 0 else ("", nano)
    whole, rest = divmod(nano, 10**9)
    return f"{sign}{whole}.{rest:09d}".rstrip("0").rstrip(".")


def smallest(value: str, currency: str) -> int:
    """Decimal text in the currency as its smallest unit. Raises ValueError for what is none, or finer than that."""
    try:
        amount = Decimal(value) if len(value) <= 30 else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) > 10**12:
        raise ValueError("not an amount")
    scaled = amount.scaleb(DIGITS.get(currency, 2))
    if scaled != int(scaled):
        raise ValueError("finer than the currency")
    return int(scaled)
