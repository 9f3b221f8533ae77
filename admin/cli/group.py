"""The root command group: global options are accepted anywhere on the line, failures print no traceback."""

from collections.abc import MutableMapping
from typing import Any

import typer
from typer.core import TyperGroup

from admin.cli.catalogue import Commands
from admin.cli.errors import FailureError

_FLAGS = frozenset({"--json"})
_WITH_VALUE = frozenset({"--url", "--token", "--data"})


def hoist(args: list[str]) -> list[str]:
    """Move global options to the front: `channels list --json` becomes `--json channels list`. Stops at `--`."""
    front: list[str] = []
    rest: list[str] = []
    index = 0
    while index < len(args):
        arg = args[index]
        if arg == "--":
            rest += args[index:]
            break
        if arg in _FLAGS or (arg.split("=", 1)[0] in _WITH_VALUE and "=" in arg):
            front.append(arg)
        elif arg in _WITH_VALUE and index + 1 < len(args):
            front += args[index : index + 2]
            index += 1
        else:
            rest.append(arg)
        index += 1
    return front + rest


class RootGroup(TyperGroup):
    """The group behind `gateway`."""

    def __init__(self, **given: Any) -> None:  # noqa: ANN401  # what Typer passes on
        """Take over what Typer found; the other commands are loaded when they are asked for."""
        super().__init__(**given)
        self._all = Commands(self.commands)
        self.commands: MutableMapping[str, Any] = self._all

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # classes of Typer's own, private
        """The list of the commands, without loading them."""
        self.commands = self._all.listed()
        try:
            super().format_commands(ctx, formatter)
        finally:
            self.commands = self._all

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 the context class is Typer's own and private
        """Parse with the global options moved to the front."""
        return super().parse_args(ctx, hoist(args))

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 as above
        """Run the command; a failure becomes a message and an exit code."""
        try:
            return super().invoke(ctx)
        except FailureError as failure:
            from admin.cli.output import print_failure  # noqa: PLC0415  # the help prints without it, and starts faster

            print_failure(failure, as_json=bool(ctx.params.get("as_json")))
            raise typer.Exit(failure.code) from None
