"""The typed client: it is what the OpenAPI document says, works against the application, costs no start-up."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from admin.cli.errors import FailureError
from admin.client import generate
from admin.client.connect import connect
from tests.admin import command

url = command.url


def test_the_committed_client_is_what_the_document_says() -> None:
    files = generate.render(generate.document())
    there = {
        path.relative_to(generate.HERE).as_posix(): path.read_text(encoding="utf-8")
        for path in (*generate.HERE.glob("*/*.py"), generate.HERE / "tags.py")
    }
    assert sorted(files.keys() ^ there.keys()) == [], "run: make client"
    assert [name for name in files if files[name] != there[name]] == [], "run: make client"
    assert all(generate.MARKER in content for content in there.values())


def test_no_two_shapes_share_a_name() -> None:
    """Then the document names them by the modules that they are in, and so does everything made from it."""
    assert [name for name in generate.document()["components"]["schemas"] if "__schemas__" in name] == []


def test_choices_of_the_same_words_have_one_order() -> None:
    """`Literal` does not tell orders apart: which of two is in the document would depend on what was imported first."""

    def choices(node: object) -> Iterator[tuple[str, ...]]:
        if isinstance(node, dict):
            if isinstance(node.get("enum"), list):
                yield tuple(map(str, node["enum"]))
            node = list(node.values())
        if isinstance(node, list):
            for each in node:
                yield from choices(each)

    found = set(choices(generate.document()))
    assert sorted(one for one in found for other in found if one != other and set(one) == set(other)) == []


def test_every_operation_has_a_method_but_those_for_browsers() -> None:
    operations = [
        generate.Operation(path, method.upper(), fields)
        for path, item in generate.document()["paths"].items()
        for method, fields in item.items()
    ]
    browsers = {"watch_job", "watch_live", "start_sso", "finish_sso", "public_logo"}
    assert {found.id for found in operations if not found.callable} == browsers


def test_a_program_uses_it(url: str, tmp_path) -> None:
    with connect(url, command.TOKEN) as gateway:
        gateway.organisations.create_organisation({"name": "a b"})
        for number in range(3):
            gateway.users.create_user({"name": f"typed {number}", "organisation": "a b"})
        assert gateway.users.get_user("typed 1")["name"] == "typed 1"
        found = [user["name"] for user in gateway.users.every_users(q="typed", sort="name")]
        assert found == ["typed 0", "typed 1", "typed 2"]
        page = gateway.users.list_users(q="typed", sort="name", limit=2)
        assert page["next"] is not None
        assert gateway.organisations.get_organisation("a b")["name"] == "a b"
        assert gateway.users.list_users_file(tmp_path / "users.csv", format="csv", q="typed") > 0
        assert "typed 2" in (tmp_path / "users.csv").read_text()
        gateway.users.delete_user("typed 0", purge=True)
        with pytest.raises(FailureError, match="typed 0"):
            gateway.users.get_user("typed 0")
        with pytest.raises(FailureError, match="no name of a user"):
            gateway.users.get_user("..")
        with pytest.raises(FailureError) as refused:
            gateway.users.create_user({"name": ""})
        assert [field for field, _ in refused.value.fields] == ["name"]


def test_a_change_that_somebody_else_overtook_is_refused(url: str) -> None:
    with connect(url, command.TOKEN) as gateway:
        gateway.organisations.create_organisation({"name": "overtaken"})
        made = gateway.teams.create_team({"name": "overtaken", "organisation": "overtaken"})
        with pytest.raises(FailureError):
            gateway.teams.change_team(made["id"], {"name": "later"}, if_match='"of another version"')
        assert gateway.teams.get_team(made["id"])["name"] == "overtaken"


def test_the_command_starts_without_the_shapes() -> None:
    code = (
        "import sys, admin.cli.main\n"
        "heavy = ('fastapi', 'sqlalchemy', 'ray', 'admin.app', 'admin.client.generate')\n"
        "print([n for n in sys.modules if n in heavy or n.startswith(('admin.client.api', 'admin.client.shapes'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
