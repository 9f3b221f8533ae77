"""Several keys of one channel in the data plane: turns, rests, failures told to the Admin."""

from collections import Counter

import pytest

from adapters.errors import UpstreamError
from deployments.channel_keys import Member, Rests, Ring, failed
from deployments.messages import Update
from deployments.suspects import Suspects
from storage.models import ChannelKey
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Call, Upstream, normal

ASKED = {"model": "several-x"}


async def _channel(gateway: Gateway, upstream: Upstream, count: int = 3, **fields: str) -> list[int]:
    number = await gateway.add_channel("several", upstream.url, push=False, models={"several-x": "up-model"}, **fields)
    ids = []
    for each in range(count):
        async with gateway.sessions.begin() as session:
            key = ChannelKey(channel_id=number, secret=b"")
            session.add(key)
            await session.flush()
            key.secret = gateway.box.seal(f"sk-number-{each}", f"channel-key:{key.id}")
            ids.append(key.id)
    await gateway.push()
    return ids


def _shown(upstream: Upstream) -> list[str]:
    return [call.headers["authorization"].removeprefix("Bearer sk-number-") for call in upstream.calls]


async def test_round_robin(gateway: Gateway, upstream: Upstream) -> None:
    await _channel(gateway, upstream, key_mode="round_robin")
    for _ in range(6):
        assert (await gateway.post(ASKED)).status == 200
    shown = _shown(upstream)
    assert Counter(shown) == {"0": 2, "1": 2, "2": 2}
    assert shown[:3] == shown[3:]


async def test_a_key_that_is_refused_is_followed_by_another(gateway: Gateway, upstream: Upstream) -> None:
    ids = await _channel(gateway, upstream, key_mode="round_robin")

    async def only_the_last(call: Call) -> None:
        if call.headers["authorization"].endswith("-2"):
            await normal(call)
        else:
            await call.answer(401, b'{"error":{"message":"Incorrect API key"}}', "application/json", "")

    upstream.behave = only_the_last
    for _ in range(4):
        assert (await gateway.post(ASKED)).status == 200
    assert Counter(_shown(upstream))["2"] == 4
    assert len(_shown(upstream)) <= 6  # each bad one was tried once and rests
    told = gateway.replica.suspects.take()
    assert {(one.key_id, one.status, one.failures) for one in told} <= {(ids[0], 401, 1), (ids[1], 401, 1)}
    assert told
    assert "Incorrect API key" in told[0].said
    assert not gateway.replica.resting  # no fault of the channel's


async def test_no_key_rests_when_somebody_says_that_the_channel_works(gateway: Gateway, upstream: Upstream) -> None:
    ids = await _channel(gateway, upstream)
    for key_id in ids:
        gateway.replica.key_rests.rest(key_id, 60.0)
    gateway.replica.apply(Update(retries=list(gateway.replica.table.channels)))
    assert not any(gateway.replica.key_rests.resting(key_id) for key_id in ids)


async def test_when_all_are_refused(gateway: Gateway, upstream: Upstream) -> None:
    await _channel(gateway, upstream, count=2)

    async def never(call: Call) -> None:
        await call.answer(429, b'{"error":{"message":"slow down"}}', "application/json", "retry-after: 3\r\n")

    upstream.behave = never
    answer = await gateway.post(ASKED)
    assert answer.status == 429
    assert sorted(_shown(upstream)) == ["0", "1"]
    upstream.behave = normal
    assert (await gateway.post(ASKED)).status == 200  # all rest: one of them is used all the same


async def test_a_channel_whose_keys_are_all_off_is_not_used(gateway: Gateway, upstream: Upstream) -> None:
    ids = await _channel(gateway, upstream, count=1)
    async with gateway.sessions.begin() as session:
        key = await session.get(ChannelKey, ids[0])
        assert key is not None
        key.enabled = False
    await gateway.push()
    assert (await gateway.post(ASKED)).status == 404


async def test_the_key_of_the_turn_is_what_rules_show(gateway: Gateway, upstream: Upstream) -> None:
    await _channel(
        gateway,
        upstream,
        count=1,
        settings={"header_override": {"x-own-key": "{api_key}"}},  # type: ignore[arg-type]
    )
    assert (await gateway.post(ASKED)).status == 200
    assert upstream.calls[0].headers["x-own-key"] == "sk-number-0"


def test_turns() -> None:
    ring = Ring([Member(number, "x", {}, {}) for number in (1, 2, 3)], "round_robin")
    rests = Rests()
    order = [ring.pick(rests).id for _ in range(6)]
    assert order[:3] == order[3:]
    assert sorted(order[:3]) == [1, 2, 3]
    rests.rest(2, 60.0)
    assert 2 not in {ring.pick(rests).id for _ in range(10)}
    assert {ring.pick(rests, (1, 3)).id for _ in range(3)} == {2}
    assert ring.pick(rests, (1, 2, 3)).id in {1, 2, 3}
    assert ring.left((1, 2))
    assert not ring.left((1, 2, 3))
    rests.wake(2)
    assert not rests


@pytest.mark.parametrize(
    ("klass", "retry_after", "other"),
    [("upstream_auth", None, True), ("upstream_rate_limit", "nonsense", True), ("upstream_timeout", None, False)],
)
def test_which_failures_are_the_keys(klass: str, retry_after: str | None, other: bool) -> None:
    rests = Rests()
    error = UpstreamError(502, "no", klass=klass, retry_after=retry_after)
    assert failed(rests, 7, error) is other
    assert rests.resting(7) is other


def test_suspects_count_until_a_success() -> None:
    suspects = Suspects()
    error = UpstreamError(502, "no", klass="upstream_auth")
    error.answered = 401
    for _ in range(3):
        suspects.failed(1, 0, error)
    assert [one.failures for one in suspects.take()] == [3]
    assert suspects.take() == []
    suspects.succeeded(1, 0)
    suspects.failed(1, 0, error)
    assert [one.failures for one in suspects.take()] == [1]
