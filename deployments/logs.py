"""Logging of the deployments: what this program's own loggers say, to the replica's stderr, which Ray collects.

Nothing on the data path logs a request that went well.
"""

import logging
from typing import Any

OURS = ("gateway", "admin", "adapters", "storage", "uvicorn", "asyncio")
"""Loggers whose lines are written here, with all below them; the last two tell what goes wrong in servers and tasks."""


_OTHERS = ("uvicorn", "asyncio")


class _OneLine(logging.Formatter):
    """What a message quotes of others (an upstream, a path, a name) begins no line of its own and moves no cursor."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # overrides
        """The line."""
        return _escaped(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802  # overrides
        """A traceback below the line, set in: the text of an exception may quote others too."""
        return "\n".join("    " + _escaped(line) for line in super().formatException(ei).split("\n"))


def _escaped(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def configure(level: str) -> logging.Logger:
    """The logger "gateway" at the given level, and the other loggers of ours like it; once per process."""
    logger = logging.getLogger("gateway")
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(message)s"))
        for name in OURS:
            each = logging.getLogger(name)
            each.handlers = [handler]
            each.propagate = False
    for name in OURS:
        # What libraries say in passing is nobody's business here.
        logging.getLogger(name).setLevel("WARNING" if name in _OTHERS and level in ("debug", "info") else level.upper())
    return logger
