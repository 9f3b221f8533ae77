"""Fields that must not reach an upstream: who the end user is, where data goes, what is kept there."""

from collections.abc import Mapping

from adapters.overrides import paths
from adapters.overrides.document import Document
from adapters.overrides.problem import OverrideError

STANDARD: dict[str, str] = {
    "service_tier": "what a request may cost",
    "inference_geo": "where Anthropic computes it",
    "speed": "Anthropic's fast mode, which costs more",
    "safety_identifier": "a name of the end user (OpenAI)",
    "stream_options.include_obfuscation": "padding of streams (OpenAI)",
}
"""What `standard: true` takes away: the five fields that New API withholds unless a channel allows them."""

MAX_FIELDS = 100
_KNOWN = {"standard", "remove", "keep", "disable_store"}


class Privacy:
    """The setting privacy: true, a list of paths, or {standard, remove, keep, disable_store}."""

    __slots__ = ("_paths", "_store")

    def __init__(self, given: object, place: str = "privacy") -> None:
        if given is True:
            given = {"standard": True}
        elif isinstance(given, list):
            given = {"remove": given}
        if not isinstance(given, Mapping) or not given.keys() <= _KNOWN:
            raise OverrideError(place, f"must be true, a list of fields, or an object of {', '.join(sorted(_KNOWN))}")
        keep = _names(given.get("keep"), f"{place}.keep")
        names = list(STANDARD) if _flag(given, "standard", place) else []
        names += _names(given.get("remove"), f"{place}.remove")
        self._paths = [paths.parse(name, place) for name in dict.fromkeys(names) if name not in keep]
        for path in self._paths:
            if path[0] in ("model", "stream", "messages", "input", "contents", paths.EVERY):
                raise OverrideError(f"{place}.remove", f"must not take away `{path[0]}`")
        self._store = _flag(given, "disable_store", place)

    def apply(self, document: Document, protocol: str) -> None:
        """Take the fields away; with `disable_store` an OpenAI upstream is told to store nothing."""
        for path in self._paths:
            document.delete(path)
            if len(path) > 1 and document.value(path[:-1]) == {}:
                document.delete(path[:-1])
        # Responses are stored unless a request says no (openai 3.54, types/responses/response_create_params.py).
        if self._store and protocol in ("chat", "responses"):
            document.put(("store",), False)


def _names(given: object, place: str) -> list[str]:
    if given is None:
        return []
    if not isinstance(given, list) or len(given) > MAX_FIELDS or not all(isinstance(one, str) for one in given):
        raise OverrideError(place, f"must be a list of at most {MAX_FIELDS} fields")
    return given


def _flag(given: Mapping[str, object], name: str, place: str) -> bool:
    value = given.get(name, False)
    if not isinstance(value, bool):
        raise OverrideError(f"{place}.{name}", "must be true or false")
    return value
