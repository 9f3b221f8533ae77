"""What a command sends is held against the client's shapes: each wrong field is named, and nothing is sent."""

from typing import Any

import pytest

from admin.cli.errors import FailureError
from admin.cli.shaped import _every_shape, _hints, one_of, shaped
from admin.client.api.payments import PaymentsApi
from admin.client.shapes.budgets import BudgetCreate
from admin.client.shapes.channels import ChannelCreate, ChannelPatch
from admin.client.shapes.keys import KeyPatch

BUDGET = {"scope": "user", "owner": "ann", "period": "month", "amount": "5", "alerts": [80]}
CHANNEL = {"name": "c", "provider": "openai"}


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        (BudgetCreate, BUDGET),
        (ChannelCreate, {**CHANNEL, "provider": 1, "models": {"gpt-x": None}, "settings": {"idle_timeout_s": 3}}),
        (ChannelCreate, {**CHANNEL, "models": ["gpt-x"], "settings": {"protocols": {"chat": ["messages"]}}}),
        (ChannelPatch, {}),
        (KeyPatch, {"expires_at": None}),
    ],
)
def test_what_fits_is_given_on_as_it_is(shape: type[Any], value: dict[str, Any]) -> None:
    assert shaped(shape, value) is value


@pytest.mark.parametrize(
    ("shape", "value", "fields"),
    [
        (BudgetCreate, {**BUDGET, "periode": "day"}, ["periode"]),
        (BudgetCreate, {**BUDGET, "period": "fortnight", "alerts": ["80"]}, ["period", "alerts.0"]),
        (BudgetCreate, {"scope": "user", "owner": True, "amount": "5"}, ["owner", "period"]),
        (ChannelCreate, {**CHANNEL, "weight": 1.5, "enabled": 1, "priority": True}, ["priority", "weight", "enabled"]),
        (ChannelCreate, {**CHANNEL, "settings": {"regio": "x"}}, ["settings.regio"]),
        (ChannelCreate, {**CHANNEL, "settings": []}, ["settings"]),
        (ChannelCreate, {**CHANNEL, "settings": {"protocols": ["chat", "fax"]}}, ["settings.protocols.1"]),
        (ChannelCreate, {**CHANNEL, "headers": {"x": 1}}, ["headers.x"]),
    ],
)
def test_a_wrong_field_is_named(shape: type[Any], value: dict[str, Any], fields: list[str]) -> None:
    with pytest.raises(FailureError) as refused:
        shaped(shape, value)
    assert refused.value.code == 2
    assert [field for field, _ in refused.value.fields] == fields


def test_a_choice_says_what_there_is() -> None:
    assert one_of(PaymentsApi.list_orders, "state", "paid", "--state") == "paid"
    assert one_of(PaymentsApi.list_orders, "state", None, "--state") is None
    with pytest.raises(FailureError, match=r"^--state: is 'gone' and may be pending, paid, .*refunded\.$"):
        one_of(PaymentsApi.list_orders, "state", "gone", "--state")


def test_every_shape_of_the_client_can_be_read() -> None:
    shapes = _every_shape()
    assert len(shapes) > 300
    for shape in shapes.values():
        assert _hints(shape).keys() == shape.__annotations__.keys()
