"""What MySQL and MariaDB need that the other databases do not: column types, collation, connection options.

Imported only when such a database is opened. The hooks act on DDL, that of migrations included, so that these are
written once for all databases.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import DateTime, LargeBinary, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable

ENGINE_OPTIONS: dict[str, Any] = {
    # As on PostgreSQL. InnoDB's own default also locks the gaps between rows, where inserts then wait for each other.
    "isolation_level": "READ COMMITTED",
    "pool_pre_ping": True,
    "pool_recycle": 1800,  # servers and balancers close what is idle for long
    "connect_args": {
        "connect_timeout": 10,
        "charset": "utf8mb4",
        # Strict: a value that does not fit is an error and not cut off in silence.
        "init_command": "SET SESSION sql_mode = 'TRADITIONAL', time_zone = '+00:00', innodb_lock_wait_timeout = 20",
    },
}
LOCK = "SELECT GET_LOCK(CONCAT('gateway-', MD5(DATABASE())), 600)"
"""Waits for the session lock of this database, up to ten minutes; 1 when it is held."""

# The driver repeats each warning of the server: that a primary key needs no name, that MySQL 8.0.20 does not like
# VALUES() in an upsert, for which MariaDB has no other word. In strict mode what matters is an error.
logging.getLogger("asyncmy").setLevel(logging.ERROR)


@compiles(CreateTable, "mysql")
def _create_table(element: CreateTable, compiler: Any, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's protocol
    """Texts compare by their characters, as on the other databases; a server's default may ignore case."""
    made: str = compiler.visit_create_table(element, **options)
    return f"{made.rstrip()} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"


@compiles(DateTime, "mysql")
def _date_time(_kind: DateTime, _compiler: Any, **_options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's protocol
    """With microseconds; without a number they are dropped."""
    return "DATETIME(6)"


@compiles(LargeBinary, "mysql")
def _large_binary(kind: LargeBinary, _compiler: Any, **_options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's protocol
    """A length makes it a type that can be indexed."""
    return f"VARBINARY({kind.length})" if kind.length else "MEDIUMBLOB"


@compiles(Text, "mysql")
def _text(_kind: Text, _compiler: Any, **_options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's protocol
    """TEXT ends at 64 KiB."""
    return "MEDIUMTEXT"
