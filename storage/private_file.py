"""Files for the eyes of one user: mode 0600 from the first byte, and whole or not at all."""

import os
import tempfile
from pathlib import Path

ADMIN_TOKEN_FILE = "admin-token"  # noqa: S105 - a file's name
"""In the data directory: the administrator token of a first start, for the command `gateway` on the same machine."""


def write(path: Path, text: str) -> None:
    """Put `text` and a newline into the file, in place of what it held. Raises OSError."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text + "\n")
        Path(draft).replace(path)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise
