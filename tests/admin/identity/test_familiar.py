"""A login from a device or place that was not used lately is told to who owns the account."""

from sqlalchemy import select

from admin.identity.familiar import network_of
from admin.options.identity import Identity
from storage.models.event import Event
from tests.admin.identity.conftest import PASSWORD


async def _told(world) -> list[dict[str, str]]:
    async with world.sessions() as session:
        return [row.data for row in await session.scalars(select(Event).where(Event.kind == "login.new"))]


async def test_only_what_is_new_is_told(browsers, person, set_options, world) -> None:
    await person()
    body = {"login": "ann", "password": PASSWORD}

    async def login(ip: str, agent: str = "Mozilla/5.0 (X11; Linux) Firefox/140.0") -> None:
        answer = await browsers(ip=ip).post("/login", body, user_agent=agent)
        assert answer.status_code == 200, answer.text

    await login("198.51.100.7")  # the first of all
    await login("198.51.7.1", "Mozilla/5.0 (X11; Linux) Firefox/141.0")  # the same device and network
    assert await _told(world) == []
    await login("203.0.113.5")
    await login("203.0.113.6")  # is known by now
    assert [each["ip"] for each in await _told(world)] == ["203.0.113.5"]
    await login("203.0.113.5", "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0")
    assert [each["device"] for each in await _told(world)][1:] == ["Chrome on Windows"]
    await set_options(Identity, login_mail=False)
    await login("192.0.2.1")
    assert len(await _told(world)) == 2


def test_networks() -> None:
    assert network_of("198.51.100.7") == "198.51.0.0/16"
    assert network_of("2001:db8:1:2::1") == "2001:db8::/32"
    assert network_of("unknown") == "unknown"
