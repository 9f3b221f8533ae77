"""What a new user begins with."""

from typing import Any, cast

from admin.options.bonuses import Bonuses
from admin.payments import joining
from storage.ledger import accounts
from storage.repositories import users


async def test_bonuses_of_the_new(person, balance, world) -> None:
    await person()
    await person("bob")
    services = world.services()
    async with services.sessions.begin() as session:
        values = {"welcome": 10**9, "invitee": 2 * 10**9, "inviter": 3 * 10**9}
        await services.options.change(session, Bonuses, values, "test")
        bob = await users.find_by_name(session, "bob")
        ann = await users.find_by_name(session, "ann")
        assert bob is not None
        assert ann is not None
        await joining._registered(session, services, bob, None)
        assert not (await accounts.of(session, "user", [bob.id]))[bob.id].limited
        await joining._registered(session, services, bob, cast("Any", object()))
        assert (await accounts.of(session, "user", [bob.id]))[bob.id].limited
        await joining.book(session, services, bob.id, ann.id)
        await joining.book(session, services, bob.id, ann.id)
    assert (await balance("bob"), await balance("ann")) == ("3", "3")
