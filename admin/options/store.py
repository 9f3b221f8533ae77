"""The values of options: put together from defaults, file, environment and database, and changed in the database.

A value in the database that is no longer acceptable (an older version wrote it) counts as absent and is logged by name.
"""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

import msgspec
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from admin.options.base import OptionGroup, areas
from admin.problems import Problem, invalid
from admin.sessions import Sessions
from storage.crypto import SealError, SecretBox
from storage.repositories import options

log = logging.getLogger(__name__)

Group = TypeVar("Group", bound=OptionGroup)
Source = Literal["default", "file", "environment", "console"]
Given = Mapping[str, Mapping[str, Any]]
"""Area -> field -> value."""

KEEP_S = 2.0
PREFIX = "GATEWAY_OPTION_"


class Options:
    """One for each Admin replica. `file` and `environment` are read once, at the start."""

    def __init__(
        self,
        sessions: Sessions,
        box: SecretBox,
        *,
        file: Given | None = None,
        environment: Given | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sessions = sessions
        self._box = box
        self._file = file or {}
        self._environment = environment or {}
        self._clock = clock
        self._known: dict[str, tuple[float, OptionGroup]] = {}

    async def get(self, group: type[Group]) -> Group:
        """The values of an area, at most KEEP_S seconds old."""
        known = self._known.get(group.area)
        if known is not None and self._clock() < known[0] and isinstance(known[1], group):
            return known[1]
        async with self._sessions() as session:
            found = await self.read(session, group)
        self._known[group.area] = (self._clock() + KEEP_S, found)
        return found

    async def read(self, session: AsyncSession, group: type[Group]) -> Group:
        """The values of an area as they are in this transaction."""
        return (await self.sources(session, group))[0]

    async def sources(self, session: AsyncSession, group: type[Group]) -> tuple[Group, dict[str, Source]]:
        """The values of an area, and where each comes from."""
        values: dict[str, Any] = {}
        sources: dict[str, Source] = dict.fromkeys(group.model_fields, "default")
        layers: tuple[tuple[Source, Mapping[str, Any]], ...] = (
            ("file", self._file.get(group.area, {})),
            ("environment", self._environment.get(group.area, {})),
            ("console", await self._stored(session, group)),
        )
        for source, layer in layers:
            for name, value in layer.items():
                if name not in group.model_fields:
                    continue
                try:
                    group.model_validate({**values, name: value})
                except ValidationError:
                    log.warning("the option %s.%s of the %s is not acceptable and not used", group.area, name, source)
                    continue
                values[name], sources[name] = value, source
        return group.model_validate(values), sources

    async def change(
        self, session: AsyncSession, group: type[Group], changes: Mapping[str, Any], actor: str
    ) -> tuple[Group, Group]:
        """Store values (None: forget what is stored); (before, after). Raises a Problem (422)."""
        before = await self.read(session, group)
        for name, value in changes.items():
            if name not in group.model_fields:
                raise invalid([(f"body.{name}", "is not a known field")])
            if value is None:
                await options.remove(session, group.area, name)
            elif group.is_secret(name):
                if not isinstance(value, str):
                    raise invalid([(f"body.{name}", "must be text")])
                sealed = self._box.seal(value, _context(group, name))
                await options.put(session, group.area, name, sealed=sealed, actor=actor)
            else:
                await options.put(session, group.area, name, value=value, actor=actor)
        base = {**self._file.get(group.area, {}), **self._environment.get(group.area, {})}
        stored = await self._stored(session, group)
        try:
            after = group.model_validate({**base, **stored})
        except ValidationError as error:
            pairs = [
                (f"body.{'.'.join(str(part) for part in item['loc'])}", _reason(item["msg"])) for item in error.errors()
            ]
            raise invalid(pairs) from None
        self._known.pop(group.area, None)
        # As the group understands them: numbers that came as text, networks in their normal form.
        for name in changes.keys() & stored.keys():
            if not group.is_secret(name):
                plain = after.model_dump(mode="json")[name]
                await options.put(session, group.area, name, value=plain, actor=actor)
        return before, after

    def forget(self) -> None:
        """Read everything anew the next time."""
        self._known.clear()

    async def _stored(self, session: AsyncSession, group: type[OptionGroup]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for row in await options.of_area(session, group.area):
            if row.name not in group.model_fields:
                continue
            if row.sealed is None:
                found[row.name] = row.value
                continue
            try:
                found[row.name] = self._box.open(row.sealed, _context(group, row.name))
            except SealError:
                log.error("the option %s.%s does not open with this secret key", group.area, row.name)  # noqa: TRY400
        return found


def from_environment(environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The options in variables: GATEWAY_OPTION_MAIL__PORT=587; lists and mappings as JSON. Raises a Problem (422)."""
    found: dict[str, dict[str, Any]] = {}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX):
            continue
        area, _, name = variable.removeprefix(PREFIX).lower().partition("__")
        group = areas().get(area)
        if group is None or name not in group.model_fields:
            raise Problem(422, f"{variable} names no option; see docs/options.md.")
        value: Any = text
        if text[:1] in {"[", "{"}:
            try:
                value = msgspec.json.decode(text)
            except msgspec.DecodeError:
                raise Problem(422, f"{variable} is not valid JSON.") from None
        found.setdefault(area, {})[name] = value
    return found


def check(given: Given) -> None:
    """Raise a Problem (422) for what of file or environment is not acceptable, by name."""
    for area, values in given.items():
        group = areas().get(area)
        if group is None:
            raise Problem(422, f"There are no options {area!r}; known: {', '.join(areas())}.")
        try:
            group.model_validate(dict(values))
        except ValidationError as error:
            first = error.errors()[0]
            name = ".".join(str(part) for part in first["loc"])
            raise Problem(422, f"The option {area}.{name}: {_reason(first['msg'])}.") from None


def _context(group: type[OptionGroup], name: str) -> str:
    return f"option:{group.area}.{name}"


def _reason(message: str) -> str:
    text = message.removeprefix("Value error, ").replace("Input should", "must")
    return text[:1].lower() + text[1:]
