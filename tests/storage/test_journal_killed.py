"""kill -9 of a real writer and of a real drainer, at random moments and the worst ones: nothing lost, nothing twice."""

# ruff: noqa: ASYNC220, ASYNC221, ASYNC251 - waiting for the process that is killed is all these tests do meanwhile

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from storage.journal import JournalDrainer, JournalWriter, segments
from storage.models import Usage
from storage.records import UsageRecord
from storage.repositories import usage, usage_totals

MakeRecord = Callable[..., UsageRecord]

WRITE = """
import os, sys
from pathlib import Path
from storage.journal import JournalWriter
from storage.records import UsageRecord
writer = JournalWriter(Path(sys.argv[1]), sys.argv[2], segment_bytes=20_000)
for number in range(10**9):
    writer.append(UsageRecord(f"{sys.argv[2]}-{number}", number, model="m" * (number % 50)))
    os.write(1, b"%d\\n" % number)  # "the response has ended": from here on the record must not be lost
"""


def kill(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


async def test_a_killed_writer_loses_no_finished_request(tmp_path: Path) -> None:
    acknowledged: dict[str, int] = {}
    for name in ("a", "b", "c"):
        with subprocess.Popen([sys.executable, "-c", WRITE, str(tmp_path), name], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            said = process.stdout.readline()
            time.sleep(random.uniform(0.005, 0.05))
            kill(process)
            acknowledged[name] = int((said + process.stdout.read()).split()[-1])
    found: dict[str, int] = {}

    async def insert(records: Sequence[UsageRecord]) -> None:
        for record in records:
            name, number = record.request_id.split("-")
            assert int(number) == found.get(name, -1) + 1  # in order, none missing, none twice
            found[name] = int(number)

    drainer = JournalDrainer(tmp_path, insert)
    await drainer.drain_once()
    drainer.close()
    assert drainer.damaged == 0  # one write per frame: a kill cannot cut it
    assert segments.list_segments(tmp_path) == []
    for name, number in acknowledged.items():
        # One more may have been written and not said.
        assert number <= found[name] <= number + 1


DRAIN_AND_DIE = """
import asyncio, os, signal, sqlite3, sys
from pathlib import Path
from storage.journal import JournalDrainer, segments

directory, database, moment, batch = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
connection = sqlite3.connect(database)

def die():
    os.kill(os.getpid(), signal.SIGKILL)

async def insert(records):
    for record in records:
        connection.execute("INSERT OR IGNORE INTO records VALUES (?)", (record.request_id,))
    if moment == "before the commit":
        die()
    connection.commit()
    if moment == "after the commit":
        die()

if moment == "before the offset is in place":
    Path.rename = lambda *_: die()
if moment == "after the offset":
    write = segments.write_offset
    segments.write_offset = lambda *arguments: (write(*arguments), die())
if moment == "between the two deletions":
    unlink = Path.unlink
    Path.unlink = lambda *arguments, **options: (unlink(*arguments, **options), die())

asyncio.run(JournalDrainer(directory, insert, batch=batch).drain_once())
"""

MOMENTS = (
    "before the commit",
    "after the commit",
    "before the offset is in place",
    "after the offset",
    "between the two deletions",
)


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_drainer_killed_at_the_worst_moment_is_made_good(
    tmp_path: Path, make_record: MakeRecord, moment: str
) -> None:
    journal, database = tmp_path / "journal", tmp_path / "records.db"
    writer = JournalWriter(journal, "a", segment_bytes=1000)
    for number in range(10):
        writer.append(make_record(f"r{number}"))
    writer.close()
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE records (id TEXT PRIMARY KEY)")
    arguments = [sys.executable, "-c", DRAIN_AND_DIE, str(journal), str(database), moment, "2"]
    assert subprocess.run(arguments, check=False).returncode == -signal.SIGKILL

    # A writer of the same name starts before the next drainer: it must not inherit anything from the dead one's files.
    writer = JournalWriter(journal, "a")
    writer.append(make_record("r10"))
    writer.close()

    async def insert(records: Sequence[UsageRecord]) -> None:
        connection.executemany("INSERT OR IGNORE INTO records VALUES (?)", [(each.request_id,) for each in records])
        connection.commit()

    drainer = JournalDrainer(journal, insert)
    await drainer.drain_once()
    drainer.close()
    found = [row[0] for row in connection.execute("SELECT id FROM records ORDER BY rowid")]
    connection.close()
    assert found == [f"r{number}" for number in range(11)]
    assert segments.list_segments(journal) == []
    assert drainer.damaged == 0


DRAIN = """
import asyncio, os, sys
from pathlib import Path
from storage.database import open_engine, session_factory
from storage.journal import JournalDrainer
from storage.repositories import usage

async def main():
    sessions = session_factory(open_engine(sys.argv[2]))

    async def insert(records):
        async with sessions.begin() as session:
            await usage.insert_many(session, records)

    drainer = JournalDrainer(Path(sys.argv[1]), insert, batch=7)
    os.write(1, b"ready")
    await drainer.run(asyncio.Event(), interval=0.001)

asyncio.run(main())
"""


async def test_drainers_killed_at_random_insert_every_record_once(
    tmp_path: Path, make_record: MakeRecord, migrated_url: str, sessions: async_sessionmaker[AsyncSession]
) -> None:
    writer = JournalWriter(tmp_path / "journal", "a", segment_bytes=10_000)
    count = 0
    for _ in range(3):
        arguments = [sys.executable, "-c", DRAIN, str(tmp_path / "journal"), migrated_url]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.read(5) == b"ready"
            until = time.monotonic() + random.uniform(0.05, 0.4)
            while time.monotonic() < until:
                writer.append(make_record(f"r{count}", input_tokens=count, cost=1))
                count += 1
                await asyncio.sleep(0.001)
            kill(process)
    writer.close()

    async def insert(records: Sequence[UsageRecord]) -> None:
        async with sessions.begin() as session:
            await usage.insert_many(session, records)

    drainer = JournalDrainer(tmp_path / "journal", insert)
    await drainer.drain_once()
    drainer.close()
    async with sessions() as session:
        (total,) = await usage_totals.totals(session)
        distinct = await session.scalar(select(func.count(func.distinct(Usage.input_tokens))))
    assert (total.requests, total.cost, distinct) == (count, count, count)
    assert total.input_tokens == sum(range(count))
