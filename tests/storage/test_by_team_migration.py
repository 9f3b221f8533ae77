"""Revision 0026 down and up with rows: what somebody has and a team of theirs gives too came from there until now."""

from storage.database import open_engine, session_factory
from storage.models import Organisation, PermissionSet, Team, User
from storage.repositories import organisations, permission_sets, teams, users
from tests.storage.test_usage_migration import to


async def test_down_and_up(database_url: str) -> None:
    engine = open_engine(database_url)
    sessions = session_factory(engine)
    try:
        await to(engine, "head", up=True)
        async with sessions.begin() as session:
            home = await organisations.create(session, Organisation(name="acme"))
            await permission_sets.create(session, PermissionSet(name="desk", permissions=[]))
            rows = [
                await users.create(session, User(name=name, organisation_id=home.id, **columns))
                for name, columns in {
                    "both": {"organisation_role": "desk", "group": "gold"},
                    "group": {"group": "gold"},
                    "neither": {"organisation_role": "viewer", "group": "cheap"},
                    "outside": {"organisation_role": "desk", "group": "gold"},
                }.items()
            ]
            for name, role in (("eyes", "desk"), ("dead", "gone"), ("plain", "finance")):
                team = Team(organisation_id=home.id, name=name, grants_role=role, grants_group="gold")
                await teams.create(session, team)
            for row in rows[:3]:
                await teams.join(session, 1, row.id)
        await to(engine, "0025", up=False)
        await to(engine, "head", up=True)
        async with sessions() as session:
            found = [(one.name, one.role_by_team, one.group_by_team) for one in await session.scalars(users.query())]
            given = [(one.name, one.grants_role) for one in await session.scalars(teams.query())]
        assert sorted(found) == [
            ("both", True, True), ("group", False, True), ("neither", False, False), ("outside", False, False),
        ]  # fmt: skip
        assert sorted(given) == [("dead", ""), ("eyes", "desk"), ("plain", "finance")]
    finally:
        await engine.dispose()
