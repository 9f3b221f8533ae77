"""Prices of credit: never less than exact, never a whole unit more; amounts of currencies there and back."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from admin.options.creem import Product
from admin.options.payments import Payments
from admin.payments import amounts
from admin.payments.amounts import NANO, ONE, NotOfferedError
from admin.payments.providers.epay import sign
from storage.payments import currencies


@given(
    st.integers(1, 10**6), st.sampled_from(["0.92", "1", "157.123456"]), st.integers(1, ONE), st.integers(0, 3 * ONE),
    st.sampled_from(["EUR", "JPY"]),
)  # fmt: skip
def test_rounded_up_once(cents: int, rate: str, discount: int, ratio: int, currency: str) -> None:
    value = cents * 10**7
    found = amounts.price(value, currency, Payments(rates={currency: rate}), discount=discount, ratio=ratio)
    exact = Fraction(value, NANO) * Fraction(rate) * Fraction(discount, ONE) * Fraction(ratio, ONE)
    exact *= 10 ** currencies.DIGITS[currency]
    assert max(exact, 1) <= found.amount < max(exact, 1) + 1


def test_steps_of_discounts() -> None:
    settings = Payments(discounts={"100": "0.95", "500": "0.9"}, rates={"USD": "1"})
    quoted = {usd: amounts.quote(usd * NANO, "USD", settings).amount for usd in (99, 100, 499, 500)}
    assert quoted == {99: 9900, 100: 9500, 499: 47405, 500: 45000}
    for value, currency in ((NANO // 2, "USD"), (20_000 * NANO, "USD"), (NANO, "EUR")):
        with pytest.raises(NotOfferedError):
            amounts.quote(value, currency, settings)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rates": {"QQQ": "1"}},
        {"rates": {"EUR": "0"}},
        {"rates": {"EUR": "1e3x"}},
        {"rates": {"EUR": "0.0000001"}},
        {"discounts": {"100": "1.1"}},
        {"presets": ["-1"]},
        {"minimum": "NaN"},
        {"order_minutes": 1},
        {"seller_name": "two\nlines"},
        {"receipt_font": "relative.ttf"},
    ],
)
def test_options_that_make_no_sense(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Payments.model_validate(wrong)
    with pytest.raises(ValidationError):
        Product.model_validate({"product": "prod_x", "price": "0.001", "credit": "1"})


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY"]))
def test_there_and_back(amount: int, currency: str) -> None:
    assert currencies.smallest(currencies.text(amount, currency), currency) == amount


@pytest.mark.parametrize("wrong", ["", "x", "NaN", "Infinity", "1.001", "9" * 40, "1e999"])
def test_no_amounts(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"amount|finer"):
        currencies.smallest(wrong, "EUR")


def test_the_signature_of_epay() -> None:
    """By hand, from the document: sorted, without what is empty and without sign and sign_type, the key behind."""
    fields = {"money": "1.00", "name": "VIP", "pid": "1001", "param": "", "sign": "x", "sign_type": "MD5"}
    assert sign(fields, "KEY") == "b787c027befe974295237dec01d0dff7"  # md5sum of money=1.00&name=VIP&pid=1001KEY
