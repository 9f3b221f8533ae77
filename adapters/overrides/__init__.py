"""The rules of a channel: what is changed in a request before it goes to a provider. docs/overrides.md describes them.

A pure package: settings in, bytes and headers out. The rest of the gateway uses the names below.
"""

from adapters.overrides.channel import SETTINGS, Edited, Overrides, compile_overrides
from adapters.overrides.context import Context
from adapters.overrides.problem import OverrideError

__all__ = ["SETTINGS", "Context", "Edited", "OverrideError", "Overrides", "compile_overrides"]
