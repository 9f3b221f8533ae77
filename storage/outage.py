"""Telling a database that is away from a mistake of our own: (exception) -> whether to try again later."""

from __future__ import annotations

import sqlite3

import asyncpg
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

# Classes of SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html, 2026-11): connection,
# authorization and no such database (a server that is being set up anew), rollback, resources, operator, system.
_STATES = ("08", "28", "3D", "40", "53", "57", "58")
_READ_ONLY = "25006"  # a standby that has not taken over yet


def is_away(error: BaseException) -> bool:
    """True when the database could not be reached or could not work; False for a wrong statement and others."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (error.orig is not None and _driver_says_so(error.orig))
    # Drivers' own errors come bare only while a connection is made, checked or closed: others come wrapped, as above.
    bare = (OSError, DisconnectionError, PoolTimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
    return isinstance(error, (*bare, asyncpg.InternalClientError))


def _driver_says_so(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return True
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:  # busy, full, read-only, damaged, gone; SQLITE_ERROR is for what is wrong with a statement
        return code & 0xFF not in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH)
    state = str(getattr(error, "sqlstate", None) or "")
    return state == _READ_ONLY or state.startswith(_STATES)
