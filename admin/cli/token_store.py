"""The admin tokens in the database, for `gateway admin-token`; apart because the database layer is slow to load."""

import asyncio

from sqlalchemy.exc import SQLAlchemyError

from admin.cli.errors import FailureError
from storage import crypto
from storage.database import DatabaseUrlError, SchemaError, migrate, open_engine, session_factory
from storage.repositories import admin_tokens


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
    try:
        return token, asyncio.run(_replace(url, token))
    except (DatabaseUrlError, SchemaError) as error:
        raise FailureError(str(error)[:1].upper() + str(error)[1:] + ".") from None
    except (SQLAlchemyError, OSError) as error:
        hint = "Check --database, and that the database is running and writable."
        raise FailureError(f"The database did not answer ({type(error).__name__}).", hint=hint) from None
