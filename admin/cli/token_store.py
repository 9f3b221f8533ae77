"""Tokens in the database, for `gateway admin-token` and `setup link`; apart because the database layer loads slowly."""

import asyncio
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from admin.cli.errors import FailureError
from storage import crypto, setup_link
from storage.database import DatabaseUrlError, SchemaError, migrate, open_engine, session_factory
from storage.repositories import admin_tokens

Result = TypeVar("Result")


async def _replace(url: str, token: str) -> int:
    """Store `token` in place of all others; returns how many there were."""
    await migrate(url)
    engine = open_engine(url)
    try:
        async with session_factory(engine).begin() as session:
            gone = await admin_tokens.remove_all(session)
            await admin_tokens.create(session, crypto.digest(token), "admin")
            return gone
    finally:
        await engine.dispose()


def replace(url: str) -> tuple[str, int]:
    """Make a token in place of all others, in the database at `url`; returns it and how many others there were."""
    token = crypto.new_admin_token()
    return token, _run(_replace(url, token))


def setup_token(url: str, data: Path) -> str:
    """A new token for making the first administrator, "" when there is one."""
    return _run(_renew(url, data))


async def _renew(url: str, data: Path) -> str:
    await migrate(url)
    engine = open_engine(url)
    try:
        async with session_factory(engine).begin() as session:
            if not await setup_link.needed(session):
                return ""
            return await setup_link.renew(session, data, now=int(time.time()))
    finally:
        await engine.dispose()


def _run(work: Coroutine[Any, Any, Result]) -> Result:
    try:
        return asyncio.run(work)
    except (DatabaseUrlError, SchemaError) as error:
        raise FailureError(str(error)[:1].upper() + str(error)[1:] + ".") from None
    except (SQLAlchemyError, OSError) as error:
        hint = "Check --database, and that the database is running and writable."
        raise FailureError(f"The database did not answer ({type(error).__name__}).", hint=hint) from None
