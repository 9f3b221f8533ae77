"""status_map: what HTTP status a client gets for an upstream's error."""

from collections.abc import Mapping

from adapters.overrides.problem import OverrideError

MAX_STATUSES = 100


def compile_map(given: object, place: str) -> dict[int, int]:
    """Status -> status, of errors only (400 to 599); texts of digits count as numbers. Raises OverrideError."""
    if not isinstance(given, Mapping) or len(given) > MAX_STATUSES:
        raise OverrideError(place, f"must be an object of at most {MAX_STATUSES} statuses")
    return {_status(old, f"{place}.{old}"): _status(new, f"{place}.{old}") for old, new in given.items()}


def _status(value: object, place: str) -> int:
    if isinstance(value, str) and len(value) == 3 and value.isascii() and value.isdigit():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 400 <= value <= 599:
        raise OverrideError(place, "must map statuses from 400 to 599 to such")
    return value
