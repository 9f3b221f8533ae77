"""Runs one tool of a build and keeps what it prints in the build's log. What it failed at is told in one word."""

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from admin.console.places import Places
from admin.console.state import Cause


class BuildError(RuntimeError):
    """A build cannot go on; the message is for the operator, `cause` and `code` for everybody."""

    def __init__(self, cause: Cause, message: str, code: str = "") -> None:
        super().__init__(message)
        self.cause: Cause = cause
        self.code = code


_CODES = re.compile(
    r"\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|EHOSTUNREACH|ENETUNREACH|EPROTO"
    r"|UNABLE_TO_\w+|SELF_SIGNED_\w+|CERT_\w+|DEPTH_ZERO_\w+|E40[134]|E407|E5\d\d|ENOSPC|EACCES|EROFS|EPERM|EINTEGRITY"
    r"|EUSAGE|ERESOLVE|ETARGET|EBADENGINE|ENOENT|UNRESOLVED_IMPORT)\b"
)
_PIP_UNREACHABLE = re.compile(r"NewConnectionError|No matching distribution|ConnectTimeout|Max retries|SSLError")
_DISK = {"ENOSPC", "EACCES", "EROFS", "EPERM"}
_LOCK = {"EINTEGRITY", "EUSAGE", "ERESOLVE", "ETARGET", "EBADENGINE", "ENOENT"}
KEPT_LINES = 12
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_BEGINS = ("error during build:", "npm error")
"""Where the tools' own account of a failure begins; what follows it is help."""


def run(places: Places, command: Sequence[str | Path], folder: Path, otherwise: Cause) -> None:
    """Run to the end. Raises BuildError; `otherwise` is its cause when the output does not tell a better one."""
    places.work.mkdir(parents=True, exist_ok=True)
    with places.log.open("ab") as log:
        begins = log.tell()
        log.write(f"$ {' '.join(map(str, command))}\n".encode())
        log.flush()
        try:
            code = subprocess.run(
                [os.fspath(part) for part in command], cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                check=False,
            ).returncode  # fmt: skip
        except OSError as error:
            raise BuildError(otherwise, f"{command[0]} cannot be run: {error.strerror}") from None
    if code == 0:
        return
    with places.log.open("rb") as log:
        log.seek(begins)
        said = log.read().decode("utf-8", "replace")
    raise failure(said, otherwise)


def failure(said: str, otherwise: Cause) -> BuildError:
    """What the output of a tool says went wrong."""
    said = _COLOURS.sub("", said)
    found = _CODES.search(said)
    code = found.group() if found else ""
    lines = [line.rstrip() for line in said.splitlines() if line.strip() and "A complete log of this run" not in line]
    told = (number for number, line in enumerate(lines) if line.startswith(_BEGINS))
    first = next(told, max(0, len(lines) - KEPT_LINES))
    message = "\n".join(lines[first : first + KEPT_LINES])
    if code in _DISK:
        return BuildError("disk", message, code)
    if otherwise == "compile":
        return BuildError("compile", message, code)
    if code in _LOCK:
        return BuildError("lock", message, code)
    if code or _PIP_UNREACHABLE.search(said):
        return BuildError("unreachable", message, code)
    return BuildError(otherwise, message)
