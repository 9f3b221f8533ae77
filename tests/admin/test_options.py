"""Options: defaults, file, environment and console, the later one winning; secrets stay sealed."""

import pytest
from pydantic import Field
from sqlalchemy import text

from admin.options import store
from admin.options.base import OptionGroup, Secret, areas
from admin.options.network import Network
from admin.options.store import Options, from_environment
from admin.problems import Problem
from admin.sessions import Sessions


class Sample(OptionGroup):
    area = "sample"
    title = "Sample"
    port: int = Field(25, ge=1, le=65535, description="A port.")
    names: list[str] = Field(default_factory=list, description="Names.")
    password: Secret = Field("", description="A password.")


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "areas", lambda: {"sample": Sample, **areas()})


def test_every_area_is_described() -> None:
    assert "network" in areas()
    for group in areas().values():
        assert group.title
        for name, field in group.model_fields.items():
            assert field.description, f"{group.area}.{name}"
            assert not field.is_required(), f"{group.area}.{name}"


async def test_the_later_source_wins(world, sample: None) -> None:
    environment = from_environment({"GATEWAY_OPTION_SAMPLE__NAMES": '["a"]', "HOME": "/"})
    file = {"sample": {"port": 26, "names": ["b"]}}
    options = Options(Sessions(world.sessions), world.box, file=file, environment=environment)
    async with world.sessions() as session:
        found, sources = await options.sources(session, Sample)
    assert (found.port, found.names, found.password) == (26, ["a"], "")
    assert sources == {"port": "file", "names": "environment", "password": "default"}
    async with world.sessions.begin() as session:
        before, after = await options.change(session, Sample, {"port": "27", "password": "top"}, "operator:first")
    assert (before.port, after.port, after.password) == (26, 27, "top")
    assert after.shown() == {"port": 27, "names": ["a"], "password": True}
    async with world.sessions() as session:
        found, sources = await options.sources(session, Sample)
        rows = (await session.execute(text("SELECT name, value, sealed FROM options ORDER BY name"))).all()
    assert (found.port, found.password, sources["port"]) == (27, "top", "console")
    assert [row[0] for row in rows] == ["password", "port"]
    assert rows[0][1] is None
    assert b"top" not in rows[0][2]
    assert rows[1][1] in (27, "27")  # JSON: a number, as the field is one
    async with world.sessions.begin() as session:
        await options.change(session, Sample, {"port": None}, "operator:first")
    assert (await options.get(Sample)).port == 26


async def test_what_is_not_acceptable_is_refused_and_never_used(world, sample: None) -> None:
    options = Options(Sessions(world.sessions), world.box, file={"sample": {"port": 0}})
    assert (await options.get(Sample)).port == 25
    for changes in ({"port": 70_000}, {"nothing": 1}, {"password": 7}):
        with pytest.raises(Problem) as refused:
            async with world.sessions.begin() as session:
                await options.change(session, Sample, changes, "x")
        assert refused.value.status == 422
    async with world.sessions() as session:
        assert (await session.execute(text("SELECT count(*) FROM options"))).scalar() == 0
    for environ in (
        {"GATEWAY_OPTION_SAMPLE__NOTHING": "1"},
        {"GATEWAY_OPTION_X__Y": "1"},
        {"GATEWAY_OPTION_SAMPLE__NAMES": "[1"},
    ):
        with pytest.raises(Problem):
            from_environment(environ)
    with pytest.raises(Problem, match=r"sample\.port"):
        store.check({"sample": {"port": "many"}})
    with pytest.raises(Problem, match="nothing"):
        store.check({"nothing": {}})


async def test_another_secret_key(world, sample: None) -> None:
    options = Options(Sessions(world.sessions), world.box)
    async with world.sessions.begin() as session:
        await options.change(session, Sample, {"password": "top"}, "x")
    other = Options(Sessions(world.sessions), type(world.box)(b"o" * 32))
    assert (await other.get(Sample)).password == ""


def test_networks() -> None:
    assert Network(allow=["10.0.0.7/8", "::1"]).allow == ["10.0.0.0/8", "::1/128"]
    for wrong in (["x"], ["10.0.0.0/99"]):
        with pytest.raises(ValueError, match="networks"):
            Network(allow=wrong)
