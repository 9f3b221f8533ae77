"""Setting columns of a stored object, shared by the repositories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storage.models import Base


def assign(row: Base, changes: Mapping[str, Any]) -> bool:
    """Set the columns that differ; True when one did. Raises AttributeError for a name that is no column."""
    columns = row.__mapper__.column_attrs
    changed = False
    for name, value in changes.items():
        if name not in columns:
            msg = f"{type(row).__name__} has no column {name!r}"
            raise AttributeError(msg)
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed
