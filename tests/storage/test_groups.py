"""Groups: multipliers as stored, and as replicas look them up."""

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage.pricing import ONE, Ratios
from storage.repositories import groups, revisions

Sessions = async_sessionmaker[AsyncSession]


def test_an_override_counts_before_the_used_groups_own() -> None:
    ratios = Ratios({"vip": 800_000, "free": 0}, {"staff": {"vip": 0}})
    assert ratios.of("default", "vip") == 800_000
    assert ratios.of("staff", "vip") == 0
    assert ratios.of("staff", "free") == 0
    assert ratios.of("staff", "unheard-of") == ONE
    assert Ratios().of("", "") == ONE


async def test_groups_are_announced_as_routes(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        before = (await revisions.current(session))["routes"]
        await groups.set_ratio(session, "vip", 800_000)
        await groups.set_ratio(session, "vip", 700_000)
        await groups.set_ratio(session, "free", 0)
        await groups.set_overrides(session, "staff", {"vip": 1, "free": 2})
        await groups.set_overrides(session, "staff", {"vip": 3})
        await groups.set_overrides(session, "free", {"vip": 4})
    async with sessions() as session:
        assert await groups.ratios(session) == Ratios(
            {"free": 0, "vip": 700_000}, {"staff": {"vip": 3}, "free": {"vip": 4}}
        )
        assert (await revisions.current(session))["routes"] == before + 6
    async with sessions.begin() as session:
        assert await groups.remove(session, "vip")
        assert not await groups.remove(session, "vip")
        assert await groups.ratios(session) == Ratios({"free": 0}, {"staff": {"vip": 3}, "free": {"vip": 4}})
        assert await groups.remove(session, "free")
        assert await groups.ratios(session) == Ratios({}, {"staff": {"vip": 3}})
