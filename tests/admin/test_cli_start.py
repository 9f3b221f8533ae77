"""The command starts fast: its help loads no command, and says of each what the command itself says."""

import subprocess
import sys

import typer
from typer.testing import CliRunner

from admin.cli import catalogue
from admin.cli.main import app


def test_the_help_loads_no_command() -> None:
    code = (
        "import sys\n"
        "from admin.cli.main import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = ('httpx', 'rich', 'yaml', 'msgspec', 'admin.cli.client', 'admin.cli.output', 'admin.cli.keys')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "channels" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_list_says_what_the_commands_say() -> None:
    group = typer.main.get_group(app)
    said = {name: " ".join((command.help or "").split("\n\n")[0].split()) for name, command in group.commands.items()}
    listed = {name: place.help for name, place in catalogue.PLACES.items()}
    assert {name: said[name] for name in listed} == listed
    assert list(said) == ["version", *listed]


def test_a_command_that_does_not_exist() -> None:
    result = CliRunner().invoke(app, ["kesy", "list"])
    assert result.exit_code == 2
    assert "keys" in result.output
