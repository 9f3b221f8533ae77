"""Groups in the data plane: which models and channels they reach, the order of several, and what "auto" is."""

import msgspec
import pytest

from adapters.errors import ClientError
from adapters.head import Head
from deployments import keys
from deployments.exchange import Exchange
from deployments.groups import GroupRow, Groups, usable
from deployments.serving import serving
from deployments.table import RouteTable, TableData, decode, decode_channel, encode, ready
from storage.ledger.purses import Holder
from storage.models import Organisation, User
from storage.pricing.units import ONE
from storage.repositories import channels, groups, organisations, users
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Call, Upstream, normal
from tests.deployments.test_routing import row

RULES = [
    GroupRow("vip", usable_by=["default"], auto_rank=1),
    GroupRow("cheap", models=["m", "mini-*"], usable_by=["*"], auto_rank=0),
    GroupRow("closed", auto_rank=2),
]


def key(
    group: str = "default", several: tuple[str, ...] = (), *, retry: bool = False, user: str = "default"
) -> keys.Key:
    holder = Holder(1, 0, group, user, True, [], list(several), retry)
    return keys.make(1, "k", enabled=True, admin=False, models=None, expires_at=0.0, holder=holder)


def table(*rules: GroupRow) -> RouteTable:
    rows = [
        row(1, {"m": "", "big": ""}, groups=["vip"], priority=5),
        row(2, {"m": "", "mini-1": ""}, groups=["cheap", "default"]),
        row(3, {"m": "", "big": ""}, priority=-1),
    ]
    data = decode(encode(TableData(1, rows, [], groups=list(rules))))
    return RouteTable(data, ready(map(decode_channel, data.channels)))


def served(table: RouteTable, key: keys.Key, model: str) -> list[tuple[int, str]]:
    tiers, _ = serving(table, key, Head("chat", "chat", model, False, True, {}, 0))
    return [(target.channel.id, target.group) for tier in tiers for target in tier.targets]


def test_a_channel_serves_the_groups_it_is_for() -> None:
    routes = table()
    assert served(routes, key(), "m") == [(2, "default"), (3, "default")]
    assert served(routes, key("vip"), "m") == [(1, "vip"), (3, "vip")]
    assert served(routes, key("other"), "big") == [(3, "other")]


def test_a_group_has_the_models_it_lists() -> None:
    routes = table(*RULES)
    assert served(routes, key("cheap"), "mini-1") == [(2, "cheap")]
    with pytest.raises(ClientError, match="The group of this API key may not use") as refused:
        served(routes, key("cheap"), "big")
    assert refused.value.status == 403
    with pytest.raises(ClientError) as unknown:
        served(routes, key("cheap"), "unheard-of")
    assert unknown.value.status == 404


def test_several_groups_are_tried_in_order() -> None:
    routes = table(*RULES)
    assert served(routes, key(several=("vip", "cheap")), "m") == [(1, "vip"), (3, "vip")]
    both = [(1, "vip"), (3, "vip"), (2, "cheap"), (3, "cheap")]
    assert served(routes, key(several=("vip", "cheap"), retry=True), "m") == both
    assert served(routes, key(several=("cheap", "vip")), "big") == [(1, "vip"), (3, "vip")], "the first that has it"


def test_auto_is_the_operators_order_for_the_users_group() -> None:
    routes = table(*RULES)
    assert served(routes, key("auto"), "m")[0] == (2, "cheap")
    assert served(routes, key("auto"), "big")[0] == (1, "vip")
    assert served(routes, key("auto", user="guest"), "m")[0] == (2, "cheap")
    with pytest.raises(ClientError):
        served(routes, key("auto", user="guest"), "big")
    assert served(routes, key("auto", user="closed", retry=True), "big") == [(3, "closed")]
    assert Groups([]).order(("auto",), "default") == ("default",)
    assert usable("vip", None, "vip")
    assert not usable("vip", None, "default")


def test_nothing_is_asked_of_groups_where_they_say_nothing() -> None:
    rows = [row(1, {"m": ""})]
    routes = RouteTable(TableData(1, rows, [], groups=[GroupRow("vip")]), ready(rows))
    tiers, _ = serving(routes, key("vip"), Head("chat", "chat", "m", False, True, {}, 0))
    assert tiers is routes.tiers("m")
    assert Exchange(key("vip"), "chat", 0.0, "").group == "vip"


async def test_a_failure_goes_on_to_the_next_group_at_its_price(gateway: Gateway, upstream: Upstream) -> None:
    async def behave(call: Call) -> None:
        await (call.answer(500, b"{}") if call.json["model"] == "first" else normal(call))

    upstream.behave = behave
    async with gateway.sessions.begin() as session:
        (only,) = await channels.list_all(session)
        await channels.update(session, only, {"models": {"gpt-x": "first"}, "groups": ["vip"]})
        await groups.write(
            session, "cheap", {"ratio": 2 * ONE, "models": ["gpt-*"], "auto_rank": 1, "usable_by": ["*"]}
        )
        await groups.write(session, "vip", {"auto_rank": 0, "usable_by": ["*"]})
    await gateway.add_channel("second", only.base_url, models={"gpt-x": ""}, groups=["cheap"], priority=9)
    secret = await gateway.add_key("auto", group="auto", group_retry=True)
    assert (await gateway.post(key=secret)).status == 200
    record = await gateway.record()
    assert (record.group, record.attempts) == ("cheap", 2)
    headers = {"authorization": f"Bearer {secret}"}
    listed = msgspec.json.decode((await gateway.get("/v1/models", headers)).body)
    assert [each["id"] for each in listed["data"]] == ["gpt-x"]
    await gateway.change_key(secret, group="elsewhere")
    assert (await gateway.post(key=secret)).status == 403
    assert msgspec.json.decode((await gateway.get("/v1/models", headers)).body)["data"] == []


async def test_keys_of_a_switched_off_organisation_are_refused(gateway: Gateway, upstream: Upstream) -> None:
    async with gateway.sessions.begin() as session:
        acme = await organisations.create(session, Organisation(name="acme"))
        ann = await users.create(session, User(name="ann", organisation_id=acme.id))
    secret = await gateway.add_key("anns", user_id=ann.id)
    assert (await gateway.post(key=secret)).status == 200
    async with gateway.sessions.begin() as session:
        await organisations.update(session, await organisations.get(session, acme.id) or acme, {"enabled": False})
    gateway.replica.keys.forget_all()
    assert (await gateway.post(key=secret)).status == 401
