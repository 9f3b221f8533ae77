"""What must be true before anything serves: data directory, key file, schema, first administrator, price list.

Cheap when it is.

Runs in the launcher (`make serve`) and again when Serve builds the application (`serve run` by hand), so both ways
start the same.
"""

import time

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from admin.console import start
from deployments.settings import Settings, admin_token, secret_key
from storage import private_file, setup_link
from storage.crypto import digest, load_master_key, new_admin_token
from storage.database import DatabaseUrlError, SchemaError, migrate, open_engine, parse_url, session_factory
from storage.pricing import seeding
from storage.repositories import admin_tokens

ENVIRONMENT_TOKEN = "environment"  # noqa: S105  # the name of a token
FIRST_TOKEN = "first administrator"  # noqa: S105  # the name of a token


class StartError(RuntimeError):
    """Something that must be there is not; the message names it and the setting that changes it."""


class Prepared(msgspec.Struct):
    """What was done. `new_admin_token` is set once, at a first start without GATEWAY_ADMIN_TOKEN.

    `setup_token` makes the first administrator in person; it is there until somebody has used it.
    """

    migrations: list[str]
    prices: seeding.Seeded
    new_admin_token: str = ""
    setup_token: str = ""


async def prepare(settings: Settings) -> Prepared:
    """Make everything ready. Raises StartError, or storage's own errors, whose messages say what to do."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        load_master_key(settings.data_dir, secret_key())
    except OSError as error:
        raise StartError(
            f"The data directory {settings.data_dir} cannot be used: {error.strerror}. "
            "Choose another one: make serve DATA=... (setting 'data', or GATEWAY_DATA)."
        ) from error
    try:
        return await _prepare_database(settings)
    except (DatabaseUrlError, SchemaError):
        raise
    except Exception as error:
        reason = str(getattr(error, "orig", None) or error).partition("\n")[0] or type(error).__name__
        raise StartError(
            f"The database {parse_url(settings.database)} cannot be used: {reason}. "
            "Start it, or name another one (setting 'database_url', or GATEWAY_DATABASE_URL)."
        ) from error


async def _prepare_database(settings: Settings) -> Prepared:
    done = Prepared(await migrate(settings.database), seeding.Seeded())
    engine = open_engine(settings.database)
    try:
        async with session_factory(engine).begin() as session:
            done.prices = await seeding.seed(session)
        async with session_factory(engine).begin() as session:
            configured = admin_token()
            if configured:
                await _keep_only(session, digest(configured))
            elif not await admin_tokens.list_all(session):
                done.new_admin_token = new_admin_token()
                await admin_tokens.create(session, digest(done.new_admin_token), FIRST_TOKEN)
        if settings.admin:
            async with session_factory(engine).begin() as session:
                done.setup_token = await setup_link.current(session, settings.data_dir, now=int(time.time()))
        if done.new_admin_token:
            private_file.write(settings.data_dir / private_file.ADMIN_TOKEN_FILE, done.new_admin_token)
    finally:
        await engine.dispose()
    return done


async def _keep_only(session: AsyncSession, wanted: bytes) -> None:
    """GATEWAY_ADMIN_TOKEN as it is now; the one it had before is no longer valid."""
    for token in await admin_tokens.find_by_name(session, ENVIRONMENT_TOKEN):
        if token.digest == wanted:
            return
        await admin_tokens.remove(session, token)
    if await admin_tokens.find_by_digest(session, wanted) is None:
        await admin_tokens.create(session, wanted, ENVIRONMENT_TOKEN)


def welcome(settings: Settings, done: Prepared) -> str:
    """What the operator reads once the gateway answers."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    host = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}.get(host, host)  # noqa: S104  # shown, not bound
    address = f"http://{host}:{settings.port}"
    lines = ["", f"  API       {address}/v1"]
    if settings.admin:
        outlook = start.outlook(settings.console)
        lines += [f"  Console   {address}/console/" + (f"  ({outlook})" if outlook else "")]
        lines += [f"  Admin API {address}/api/v1"]
    lines += [f"  Data      {settings.data_dir}", ""]
    if done.new_admin_token:
        lines += [
            f"  Administrator token, shown this once: {done.new_admin_token}",
            f"  The command `gateway` finds it in {settings.data_dir / private_file.ADMIN_TOKEN_FILE}.",
            "  Delete that file if you keep the token elsewhere; `gateway admin-token reset` makes another.",
            "",
        ]
    if done.setup_token:
        lines += [
            "  No administrator in person yet. This link, good once, makes the first one:",
            f"  {address}/console/setup#{done.setup_token}",
            "  or: gateway setup admin NAME",
            "",
        ]
    return "\n".join(lines)
