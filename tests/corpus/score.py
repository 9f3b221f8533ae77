"""How true the gateway is to recorded traffic, by cell: client protocol, upstream protocol, stream or not.

    python -m tests.corpus.score [--cut event|whole|SEED] [--misses FILE] [--write]

Identity: the recorded request goes to a channel of its own protocol. Status, answer, and what the provider received
have to be what was recorded, but for the listed edits. Translation: the smallest request of another protocol. Status,
text, calls of tools, finish and usage have to be what the recording says; thinking is apart, but for white space.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import httpx
import msgspec
import uvloop

from storage.database import migrate
from tests.corpus.asking import PATHS, model_of, path, recorded, smallest
from tests.corpus.known import REASONS
from tests.corpus.recordings import ROOT, Recording, recordings, said
from tests.corpus.replay import Replay
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Upstream

PROTOCOLS = tuple(PATHS)
LISTED = ("model", "stream_options")
"""What a passthrough may change: the model's name, and usage asked for in a stream."""

PAGE = ROOT / "docs" / "protocols.md"
BEGIN, END = "<!-- scores: python -m tests.corpus.score --write -->\n", "<!-- end of the scores -->\n"

Cell = tuple[str, str, bool]


class Row(msgspec.Struct):
    """One exchange: `held` says for each check whether it held; `thinking` is apart."""

    id: str
    provider: str
    held: dict[str, bool]
    thinking: bool = True
    got: str = ""

    @property
    def ok(self) -> bool:
        """Whether all held."""
        return all(self.held.values())


class Score:
    """A gateway with one channel for each protocol in front of the recordings."""

    def __init__(self, folder: Path, cut: str = "event") -> None:
        self._folder = folder
        self.replay = Replay(recordings(), cut)

    async def __aenter__(self) -> Self:
        database = self._folder / "empty.db"
        if not database.exists():
            await migrate(f"sqlite:///{database}")
        self._client = httpx.AsyncClient(timeout=30)
        self.upstream = Upstream()
        self.upstream.behave = self.replay
        await self.upstream.start()
        settings = {"max_attempts": 1, "responses": {"unknown": "pass"}}  # responses of the recordings are none of ours
        self.gateway = Gateway(self._folder / f"data-{self.replay.cut}", database, **settings)
        await self.gateway.start()
        for protocol in PROTOCOLS:
            settings = {"protocols": [protocol], "capabilities": {"stream_usage": True}, "suffixes": False}
            await self.gateway.add_channel(
                f"c-{protocol}", self.upstream.url, models={f"to-{protocol}-*": "*"}, settings=settings, push=False
            )
        await self.gateway.push()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()
        await self.gateway.stop()
        await self.upstream.stop()

    async def ask(self, protocol: str, one: Recording, body: dict[str, Any]) -> tuple[int, bytes]:
        """Send a request for a recording; status and body of the answer."""
        self.upstream.calls.clear()
        self.gateway.replica.breakers.resting.clear()
        stream = one.streaming and "streamGenerateContent" in one.url if protocol == one.protocol == "gemini" else None
        target = path(protocol, model_of(one), stream=one.streaming if stream is None else stream)
        headers = {"authorization": f"Bearer {self.gateway.key}", "anthropic-version": "2023-06-01"}
        url = f"http://127.0.0.1:{self.gateway.port}{target}"
        answer = await self._client.post(url, content=msgspec.json.encode(body), headers=headers)
        return answer.status_code, answer.content

    async def identity(self, one: Recording) -> Row | None:
        """The recorded request, passed through."""
        body = recorded(one)
        if body is None:
            return None
        status, got = await self.ask(one.protocol, one, body)
        received = self.replay.received.pop(one.id, {})
        held = {"status": status == one.status, "request": _without(received) == _without(body)}
        if one.status == 200:
            held["answer"] = got == self.replay.bytes_of(one)
        return Row(one.id, one.provider, held, got=got[:400].decode("utf-8", "replace"))

    async def translation(self, client: str, one: Recording) -> Row:
        """The smallest request of another protocol."""
        status, got = await self.ask(client, one, smallest(client, one))
        row = Row(one.id, one.provider, {"status": status == 200}, got=got[:400].decode("utf-8", "replace"))
        wanted = one.canon or {}
        try:
            found = said(client, got, stream=one.streaming)
        except Exception as error:  # noqa: BLE001  # whatever the reader stumbles over: the answer is not right
            row.held["readable"] = False
            row.got = f"{error!r} {row.got}"
            return row
        row.held["text"] = found["text"] == wanted["text"]
        row.held["tools"] = found["tools"] == wanted["tools"]
        row.held["finish"] = found["finish"] == wanted["finish"] or wanted["finish"] in (None, "other")
        usage, counted = wanted["usage"], found["usage"]
        row.held["usage"] = not usage or (counted is not None and usage[:3] == counted[:3])
        # The recordings' reader puts parts of reasoning together without a space, which no reader of them wants.
        row.thinking = "".join(found["reasoning"].split()) == "".join(wanted["reasoning"].split())
        return row


def _without(body: Any) -> Any:  # JSON
    return {name: value for name, value in body.items() if name not in LISTED} if isinstance(body, dict) else body


def translatable() -> Iterator[Recording]:
    """What a translation is scored on: good answers without tools of the provider's own."""
    for one in recordings():
        if one.canon and one.status == 200 and "server_tools" not in one.features:
            yield one


async def everything(folder: Path, cut: str) -> dict[Cell, list[Row]]:
    """All cells."""
    cells: dict[Cell, list[Row]] = {}
    async with Score(folder, cut) as score:
        for one in recordings():
            row = await score.identity(one)
            if row is not None:
                cells.setdefault((one.protocol, one.protocol, one.streaming), []).append(row)
        for one in translatable():
            for client in PROTOCOLS:
                if client != one.protocol:
                    row = await score.translation(client, one)
                    cells.setdefault((client, one.protocol, one.streaming), []).append(row)
    return cells


def table(cells: dict[Cell, list[Row]]) -> str:
    """The scores as a Markdown table."""
    lines = [
        "| client | upstream | | exchanges | all held | thinking held | what did not hold |",
        "|---|---|---|---:|---:|---:|---|",
    ]
    for (client, upstream, stream), rows in sorted(cells.items(), key=lambda cell: (cell[0][0] != cell[0][1], cell[0])):
        missed = Counter(check for row in rows for check, held in row.held.items() if not held)
        share = sum(row.ok for row in rows) / len(rows)
        thinking = "-" if client == upstream else f"{sum(row.thinking for row in rows) / len(rows):.1%}"
        words = ", ".join(f"{check} {count}" for check, count in missed.most_common())
        kind = "stream" if stream else "whole"
        lines.append(f"| {client} | {upstream} | {kind} | {len(rows)} | {share:.1%} | {thinking} | {words} |")
    for name, same in (("identity", True), ("translation", False)):
        groups = [rows for (client, upstream, _), rows in cells.items() if (client == upstream) is same]
        every = [row for rows in groups for row in rows]
        mean = sum(sum(row.ok for row in rows) / len(rows) for rows in groups) / len(groups)
        total = sum(row.ok for row in every) / len(every)
        lines.append(f"| **{name}** | | | {len(every)} | {total:.1%} | | mean of cells {mean:.1%} |")
    return "\n".join(lines)


def reasons(cells: dict[Cell, list[Row]]) -> str:
    """Why what did not hold did not, as a Markdown table."""
    missed = {row.id for rows in cells.values() for row in rows if not row.ok}
    counted = Counter(REASONS.get(number, "not explained") for number in missed)
    lines = ["| recordings | why |", "|---:|---|", *(f"| {number} | {why} |" for why, number in counted.most_common())]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Print the table."""
    given = argparse.ArgumentParser(description="Score the gateway against recorded traffic.")
    given.add_argument("--cut", default="event")
    given.add_argument("--misses", type=Path)
    given.add_argument("--write", action="store_true", help="put the table into docs/protocols.md")
    options = given.parse_args()
    if not recordings():
        sys.stdout.write("there are no recordings here\n")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        cells = uvloop.run(everything(Path(folder), options.cut))
    found = table(cells) + "\n\n" + reasons(cells)
    sys.stdout.write(found)
    if options.write:
        before, begin, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(before + begin + found + END + rest.partition(END)[2], encoding="utf-8")
    if options.misses:
        with options.misses.open("wb") as out:
            for cell, rows in cells.items():
                for row in rows:
                    if not row.ok or not row.thinking:
                        out.write(msgspec.json.encode([cell, row]) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
