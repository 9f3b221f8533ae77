"""Events: written with what they tell about, routed to whom they concern, signed, tried again, given up."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from admin.background import events as background
from admin.jobs import Run
from admin.notifications import secrets, signing
from admin.notifications.texts import words
from admin.outbound import outbound_client
from admin.services import Services
from storage.events import budgets as budget_events
from storage.events import deliveries, emit, low, targets
from storage.events.kinds import KINDS, is_pattern, matches
from storage.ledger import accounts, budgets, entries
from storage.ledger.alerts import due_alerts
from storage.models import Organisation, User
from storage.models.event import Delivery, Target
from storage.repositories import users
from tests.admin.conftest import World

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
USD = 10**9


def reply(status: int, text: str = "ok", **fields: Any) -> httpx.Response:
    return httpx.Response(status, stream=httpx.ByteStream(text.encode()), **fields)


class Post:
    """What the gateway sent to the outside, and what the outside answers."""

    def __init__(self, world: World) -> None:
        self.sent: list[httpx.Request] = []
        self.answer: Callable[[httpx.Request], httpx.Response] = lambda _: reply(200)
        self.mails: list[tuple[str, str]] = []
        world.http = httpx.AsyncClient(transport=httpx.MockTransport(self._handle))
        self.world = world
        self.services: Services = world.services()

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return self.answer(request)

    async def target(self, kind: str = "webhook", **fields: Any) -> Target:
        usual: dict[str, Any] = {"name": kind, "url": "https://hooks.example/in", "events": ["*"], "address": ""}
        secret = secrets.seal(self.services.box, fields.pop("secret", SECRET), kind)
        async with self.services.sessions.begin() as session:
            return await targets.create(session, Target(kind=kind, secret=secret, **(usual | fields)))

    async def emit(self, kind: str = "key.created", **fields: Any) -> None:
        data = fields.pop("data", {"name": "k", "actor": "user:ann"})
        async with self.services.sessions.begin() as session:
            await emit(session, kind, data, now=self.world.now, **fields)

    async def run(self, job: Any = background.deliver) -> None:
        async def save(_: dict[str, Any]) -> None:
            return

        await job(Run(self.services, "test", save))

    async def deliveries(self, target: Target) -> list[Delivery]:
        async with self.services.sessions() as session:
            return list(await session.scalars(deliveries.of_target(target.id).order_by(Delivery.id)))

    async def reload(self, target: Target) -> Target:
        async with self.services.sessions() as session:
            found = await targets.get(session, target.id)
            assert found is not None
            return found


@pytest.fixture
def post(world: World) -> Post:
    return Post(world)


async def user(post: Post, name: str, **fields: Any) -> User:
    async with post.services.sessions.begin() as session:
        return await users.create(session, User(name=name, **fields))


def test_the_signature_is_that_of_the_specification() -> None:
    # The example of the specification's own test vectors.
    found = signing.signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signing.signature(signing.new_secret(), "a", 1, b"").startswith("v1,")
    with pytest.raises(ValueError, match="whsec_"):
        signing.signature("whsec_???", "a", 1, b"")


async def test_a_webhook_gets_the_event_signed_and_once(post: Post) -> None:
    target = await post.target()
    await post.emit(dedupe="k1")
    await post.emit(dedupe="k1")
    await post.run()
    await post.run()
    (request,) = post.sent
    body = json.loads(request.content)
    assert (body["type"], body["data"]) == ("key.created", {"name": "k", "actor": "user:ann"})
    message_id, at = request.headers["webhook-id"], int(request.headers["webhook-timestamp"])
    assert at == post.world.now
    assert request.headers["webhook-signature"] == signing.signature(SECRET, message_id, at, request.content)
    (row,) = await post.deliveries(target)
    assert (row.state, row.attempts, row.status, row.answer) == ("delivered", 1, 200, "ok")


async def test_both_secrets_sign_while_one_follows_the_other(post: Post) -> None:
    old = secrets.seal(post.services.box, signing.new_secret(), "webhook")
    await post.target(old_secret=old, old_until=post.world.now + 10)
    await post.emit()
    await post.run()
    post.world.now += 10
    await post.emit()
    await post.run()
    assert [len(request.headers["webhook-signature"].split()) for request in post.sent] == [2, 1]
    assert post.sent[0].headers["webhook-id"] != post.sent[1].headers["webhook-id"]


async def test_it_is_tried_again_later_and_later_with_the_same_id_and_then_given_up(post: Post) -> None:
    target = await post.target()
    post.answer = lambda _: reply(500)
    await post.emit()
    for pause in (*deliveries.PAUSES_S, 0):
        await post.run()
        post.world.now += pause - 1
        before = len(post.sent)
        await post.run()
        assert len(post.sent) == before
        post.world.now += 1
    (row,) = await post.deliveries(target)
    assert (row.state, row.attempts, row.problem) == ("failed", 9, "It answered 500.")
    assert len({request.headers["webhook-id"] for request in post.sent}) == 1
    assert (await post.reload(target)).failures == 1


async def test_one_that_keeps_failing_is_switched_off_and_its_owner_told(post: Post) -> None:
    ann = await user(post, "ann")
    target = await post.target(user_id=ann.id, failures=deliveries.FAILURES - 1)
    other = await post.target(user_id=ann.id, events=["target.disabled"], url="https://other.example")
    post.answer = lambda request: reply(410 if request.url.host == "hooks.example" else 200)
    await post.emit(user_id=ann.id)
    await post.run()
    await post.run()
    assert not (await post.reload(target)).enabled
    (told,) = [json.loads(request.content) for request in post.sent if request.url.host == "other.example"]
    assert told["data"]["because"] == "It answered 410 Gone."
    assert len(await post.deliveries(other)) == 1


async def test_who_hears_of_what(post: Post) -> None:
    ann, bob = await user(post, "ann"), await user(post, "bob")
    owners: dict[str, dict[str, Any]] = {
        "operators": {}, "ann": {"user_id": ann.id}, "bob": {"user_id": bob.id}, "acme": {"organisation_id": 7},
        "keys": {"events": ["key.*"]},
    }  # fmt: skip
    for name, fields in owners.items():
        await post.target(url=f"https://{name}.example", **fields)
    await post.emit(user_id=ann.id, organisation_id=7)
    await post.emit("channel.disabled", data={}, user_id=ann.id, organisation_id=7)
    await post.run()
    heard = sorted((request.url.host, json.loads(request.content)["type"]) for request in post.sent)
    assert heard == [
        ("acme.example", "key.created"), ("ann.example", "key.created"), ("keys.example", "key.created"),
        ("operators.example", "channel.disabled"), ("operators.example", "key.created"),
    ]  # fmt: skip


async def test_a_user_who_chose_nothing_is_mailed_what_matters(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    mails: list[tuple[str, str, str]] = []

    async def send(_mailer: Any, to: str, subject: str, text: str, html: str = "") -> None:
        mails.append((to, subject, text))

    monkeypatch.setattr("admin.mail.Mailer.send", send)
    ann = await user(post, "ann", email="ann@acme.example", email_verified_at=1)
    await user(post, "bob", email="bob@acme.example")
    data = {"scope": "user", "name": "ann", "balance": "0.50", "below": "1.00"}
    await post.emit("balance.low", data=data, user_id=ann.id)
    await post.emit(user_id=ann.id)
    await post.run()
    assert [(to, subject) for to, subject, _ in mails] == [("ann@acme.example", "Balance low: 0.50 USD")]


async def test_who_manages_is_mailed_when_nothing_was_chosen(post: Post) -> None:
    home = await organisation(post, "acme")
    people: dict[str, dict[str, Any]] = {
        "ann": {"organisation_id": home, "organisation_role": "finance"}, "bob": {"organisation_id": home},
        "eve": {"organisation_id": home, "organisation_role": "admin", "enabled": False}, "root": {"role": "root"},
    }  # fmt: skip
    for name, fields in people.items():
        await user(post, name, email=f"{name}@acme.example", email_verified_at=1, **fields)
    await post.emit("balance.low", organisation_id=home)
    await post.emit("channel.disabled", data={})
    async with post.services.sessions.begin() as session:
        assert await deliveries.route(session, now=post.world.now) == 2
        due = await deliveries.due(session, now=post.world.now, limit=9)
    assert sorted((event.kind, target.address, target.organisation_id) for _, event, target in due) == [
        ("balance.low", "ann@acme.example", home), ("channel.disabled", "root@acme.example", None),
    ]  # fmt: skip


async def organisation(post: Post, name: str) -> int:
    async with post.services.sessions.begin() as session:
        row = Organisation(name=name)
        session.add(row)
        await session.flush()
        return row.id


@pytest.mark.parametrize(
    ("kind", "secret", "path", "head"),
    [("bark", "ynJ5Ft4atkMkWeo2PAvFhF", "/push", None), ("gotify", "AiOLxxDxYOCc7bY", "/message", "AiOLxxDxYOCc7bY")],
)
async def test_phones(post: Post, kind: str, secret: str, path: str, head: str | None) -> None:
    await post.target(kind, secret=secret, url="https://push.example")
    await post.emit()
    await post.run()
    (request,) = post.sent
    body = json.loads(request.content)
    assert (request.url.path, request.headers.get("x-gotify-key")) == (path, head)
    assert body["title"] == "Key k was made"
    assert body.get("device_key") == (secret if kind == "bark" else None)


@pytest.mark.parametrize(
    "failure", [httpx.ConnectTimeout("x"), httpx.ConnectError("x"), httpx.RemoteProtocolError("x")]
)
async def test_what_cannot_be_reached_is_said_without_details(post: Post, failure: httpx.HTTPError) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise failure

    target = await post.target()
    post.answer = fail
    await post.emit()
    await post.run()
    (row,) = await post.deliveries(target)
    assert (row.state, row.attempts, row.status) == ("waiting", 1, 0)
    assert row.problem


async def test_a_redirect_is_not_followed_and_a_long_answer_is_cut(post: Post) -> None:
    target = await post.target()
    post.answer = lambda _: reply(302, "x" * 9000 + "\0", headers={"location": "http://169.254.169.254/"})
    await post.emit()
    await post.run()
    (row,) = await post.deliveries(target)
    assert (len(post.sent), row.status, len(row.answer)) == (1, 302, 500)


async def test_a_low_balance_is_told_once_until_it_has_risen(post: Post) -> None:
    ann = await user(post, "ann")
    await post.target(user_id=ann.id)
    async with post.services.sessions.begin() as session:
        subject = ("user", ann.id, 0)
        account_id = (await accounts.ensure(session, [subject]))[subject]
        await accounts.set_limited(session, account_id, limited=True)
        await low.set_setting(session, "user", ann.id, 2 * USD)

    async def book(amount: int) -> None:
        async with post.services.sessions.begin() as session:
            await entries.post(session, account_id, amount, reason="topup", actor="test", overdraw=True)
        await post.run(background.low_balances)
        await post.run()

    for amount, told in ((USD, 1), (USD // 2, 1), (5 * USD, 1), (-5 * USD, 2)):
        await book(amount)
        assert len(post.sent) == told
    assert json.loads(post.sent[-1].content)["data"] == {
        "scope": "user", "name": "ann", "balance": "1.50", "below": "2.00"
    }  # fmt: skip
    async with post.services.sessions.begin() as session:
        await low.set_setting(session, "user", ann.id, None)
        assert await low.setting(session, "user", ann.id) is None


async def test_old_events_go_with_their_deliveries(post: Post) -> None:
    target = await post.target()
    await post.emit()
    await post.run()
    post.world.now += 31 * 86_400
    await post.run(background.clean)
    assert await post.deliveries(target) == []


def test_kinds_have_words_and_patterns() -> None:
    for kind in KINDS:
        said = words(kind, {"name": "x\r\nBcc: y"})
        assert "\n" not in said.title
        assert said.title != kind
        assert is_pattern(kind)
    assert matches(["budget.*"], "budget.alert")
    assert not matches(["budget.*", "order.paid"], "order.refunded")
    assert not is_pattern("budget.none")
    models = words("channel.models", {"channel": "c", "new": [f"m{n}" for n in range(12)], "gone": []})
    assert models.text.endswith("m9 .... Gone: none.")
    assert "&lt;b&gt;" in words("key.created", {"name": "<b>"}).html


async def test_an_unknown_kind_is_refused(post: Post) -> None:
    with pytest.raises(KeyError):
        await post.emit("no.kind")


async def test_a_budget_that_crosses_a_percentage_tells_its_owner(post: Post) -> None:
    ann = await user(post, "ann")
    await post.target(user_id=ann.id)
    async with post.services.sessions.begin() as session:
        budget = await budgets.create(session, budgets.new_budget("user", ann.id, "total", 10 * USD, [80]))
        account_id = (await budgets.current(session, [budget], post.world.now))[budget.id]
        await entries.post(session, account_id, -9 * USD, reason="correction", actor="test")
        for alert in await due_alerts(session, post.world.now):
            await budget_events.tell(session, alert, post.world.now)
    await post.run()
    data = json.loads(post.sent[0].content)["data"]
    assert (data["name"], data["percent"], data["spent"], data["amount"]) == ("ann", 80, "9.00", "10.00")


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/", "http://169.254.169.254/latest", "http://[::1]:9/", "http://localhost:9/", "http://0/"],
)
async def test_addresses_inside_are_not_called(post: Post, url: str) -> None:
    async def nothing() -> list[str]:
        return []

    post.world.http = outbound_client(nothing)
    post.services = post.world.services()
    target = await post.target(url=url)
    await post.emit()
    await post.run()
    (row,) = await post.deliveries(target)
    assert (row.state, row.problem) == ("waiting", "The address is not public, or unknown.")
    await post.world.http.aclose()
