"""A database with 1,000,000 requests, 100,000 users and 10,000 channels, written without asking a gateway."""

from pathlib import Path

from sqlalchemy import func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import migrate, open_engine, session_factory
from storage.models import Account, Channel, Usage, User, UserWord
from storage.models.base import now
from storage.repositories import usage, words
from tests.console.seed import Size, record_of

REQUESTS = 1_000_000
USERS = 100_000
CHANNELS = 10_000
_FIRST = 8_000
_CACHE_KIB = 500_000
"""For SQLite while it copies: with its own 2 MB each row waits for pages of a dozen indexes."""
_PAGE = 5_000


async def fill(data: Path) -> None:
    """Make the SQLite database of a gateway's data directory."""
    url = f"sqlite:///{data / 'gateway.db'}"
    await migrate(url)
    engine = open_engine(url)
    try:
        async with engine.begin() as connection:
            await _people(connection)
            await _upstreams(connection)
        async with session_factory(engine).begin() as session:
            size = Size(requests=_FIRST, days=1)
            begins = int(now().timestamp())
            keys = [(number + 1, number + 1, 0) for number in range(200)]
            records = [record_of(number, begins, keys, list(range(1, 61)), size) for number in range(_FIRST)]
            await usage.insert_many(session, records)
        async with engine.begin() as connection:
            await _multiply(connection)
    finally:
        await engine.dispose()


async def _people(connection: AsyncConnection) -> None:
    at = now()
    for first in range(0, USERS, _PAGE):
        numbers = range(first, first + _PAGE)
        names = [(number + 1, f"user-{number:06}", f"person{number}@example.com") for number in numbers]
        rows = [
            {"id": number, "name": name, "email": email, "display_name": "", "created_at": at, "updated_at": at}
            for number, name, email in names
        ]
        await connection.execute(insert(User), rows)
        accounts = [{"kind": "user", "subject_id": number} for number, *_ in names]
        await connection.execute(insert(Account), accounts)
        await connection.execute(insert(UserWord), words.rows((number, rest) for number, *rest in names))


async def _upstreams(connection: AsyncConnection) -> None:
    at = now()
    rows = [
        {
            "id": number + 1, "name": f"channel-{number:05}", "provider": "openai-compatible",
            "base_url": f"http://127.0.0.1:9/{number}", "models": {f"model-{number % 300}": ""}, "headers": {},
            "settings": {}, "tag": f"tag-{number % 40}", "enabled": number % 7 > 0, "created_at": at, "updated_at": at,
        }
        for number in range(CHANNELS)
    ]  # fmt: skip
    for first in range(0, CHANNELS, _PAGE):
        await connection.execute(insert(Channel), rows[first : first + _PAGE])


async def _multiply(connection: AsyncConnection) -> None:
    """Copy the first requests, each time a day earlier, inside of the database."""
    table = Usage.__table__
    await connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KIB}")
    copied = [column.name for column in table.columns if column.name not in {"request_id", "started_at"}]
    for day in range(1, REQUESTS // _FIRST):
        source = (
            select(
                literal(f"d{day}_") + func.substr(table.c.request_id, 1, 40),
                table.c.started_at - day * 86_400_000_000,
                *(table.c[name] for name in copied),
            )
            .where(table.c.request_id >= "req", table.c.request_id < "res")  # by its index, which LIKE does not use
        )  # fmt: skip
        await connection.execute(insert(Usage).from_select(["request_id", "started_at", *copied], source))
