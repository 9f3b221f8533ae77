"""Whose fault it is when a request cannot be read: its client's, in words that name the field."""

from collections.abc import Callable
from typing import Any, TypeVar

from adapters.errors import ClientError
from adapters.unreadable import UNREADABLE

T = TypeVar("T")


def reading(path: str, read: Callable[..., T], *given: Any) -> T:  # noqa: ANN401  # passed on as they are
    """What `read` makes of it. Raises ClientError (400) that says where the trouble is."""
    try:
        return read(*given)
    except UNREADABLE as error:
        words = str(error) or "it is nested too deeply"
        raise ClientError(400, f"The field '{path}' is not valid: {words}.", param=path, code="invalid_value") from None
