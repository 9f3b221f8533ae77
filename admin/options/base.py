"""What an area of options is: a class with typed, described fields, and the list of all areas.

    class Mail(OptionGroup):
        area = "mail"
        title = "E-mail"
        host: str = Field("", description="SMTP server.")
        password: Secret = Field("", description="...")

A value comes from the default, the file (`options` in serve_config.yaml), the environment
(GATEWAY_OPTION_MAIL__HOST) or the console, the later one winning. Must not read any of them: `store.py` does.
"""

import importlib
import pkgutil
from functools import cache
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict

import admin.options

_UNITS = {
    "_ms": "milliseconds", "_s": "seconds", "_minutes": "minutes", "_hours": "hours", "_days": "days",
    "_kib": "KiB", "_bytes": "bytes",
}  # fmt: skip
_SAID = ("seconds", "milliseconds", "minutes", "hours", "days", "nano-USD", "USD", "millionths")


class SecretMark:
    """On a field: its value is sealed in the database and never shown."""


class PublicMark:
    """On a field: its value may be known to everybody, before they sign in."""


class RestartMark:
    """On a field: it is read once, at the start."""


Secret = Annotated[str, SecretMark()]


class OptionGroup(BaseModel):
    """An area. All fields have defaults, bounds and descriptions; instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    area: ClassVar[str]
    title: ClassVar[str]
    guarded: ClassVar[bool] = False
    """Whether every change needs a second check, as it decides who signs in, what is reached, or where money goes."""

    @classmethod
    def is_secret(cls, name: str) -> bool:
        """Whether a field is a secret."""
        return any(isinstance(mark, SecretMark) for mark in cls.model_fields[name].metadata)

    @classmethod
    def is_public(cls, name: str) -> bool:
        """Whether everybody may know a field's value."""
        return any(isinstance(mark, PublicMark) for mark in cls.model_fields[name].metadata)

    @classmethod
    def needs_restart(cls, name: str) -> bool:
        """Whether a field's change waits for the next start."""
        return any(isinstance(mark, RestartMark) for mark in cls.model_fields[name].metadata)

    @classmethod
    def unit(cls, name: str) -> str:
        """What a field's number is in, "" for none: as its name ends, or as its description says."""
        field = cls.model_fields[name]
        if field.annotation not in (int, float):
            return ""
        said = (field.description or "").lower()
        found = next((unit for end, unit in _UNITS.items() if name.endswith(end)), "")
        return found or next((unit for unit in _SAID if f"in {unit.lower()}" in said), "")

    def shown(self) -> dict[str, Any]:
        """The values as they may be shown: of a secret whether it is set."""
        plain = self.model_dump(mode="json")
        return {name: bool(value) if self.is_secret(name) else value for name, value in plain.items()}


@cache
def areas() -> dict[str, type[OptionGroup]]:
    """All areas by name: the classes in the files of this folder."""
    for module in pkgutil.iter_modules(admin.options.__path__):
        importlib.import_module(f"admin.options.{module.name}")
    ours = [group for group in OptionGroup.__subclasses__() if group.__module__.startswith("admin.options.")]
    return {group.area: group for group in sorted(ours, key=lambda group: group.area)}
