"""A gateway in front of a scripted provider, to try a command-line client by hand: python -m tests.clients.serve.

The models x-chat, x-responses, x-messages and x-gemini are on a provider of that protocol only, which can what the
catalogue says of its vendor; --alias gpt-5.1-codex=messages gives a model a name that the client knows. The provider
calls one tool of the client, then repeats what the tool said. What it was asked is written to --log, a document a line.
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

import msgspec
import uvloop

from storage.database import migrate
from tests.clients import heard
from tests.clients.provider import Say, Script
from tests.clients.vendors import add_channels
from tests.deployments.gateway import Gateway
from tests.deployments.mock import Call, Upstream

COMMAND = "expr 6 '*' 7"
# The tool of a client -> arguments that make it run COMMAND.
RUNS = {
    "Bash": {"command": COMMAND, "description": "Multiply"},
    "shell": {"command": ["sh", "-c", COMMAND]},
    "shell_command": {"command": COMMAND},
    "exec_command": {"cmd": COMMAND},
    "run_shell_command": {"command": COMMAND, "description": "Multiply"},
    "weather": {"city": "Paris"},
}


def answer(call: Call) -> Say:
    """A call of the client's tool, then words about its result."""
    results = heard.of(call, "result")
    if results:
        return Say(text=f"The tool said: {results[-1][1]}", thinking="It has been run.")
    for name in heard.tools(call):
        if name in RUNS:
            arguments = msgspec.json.encode(RUNS[name]).decode()
            return Say(text="I will run it.", thinking="A tool is needed.", calls=((name, arguments),))
    return Say(text='{"name":"Ada","age":36}' if b"chema" in call.body else "Hello from the provider.")


async def serve(log: Path, port: int, aliases: list[tuple[str, str]], store: str) -> None:
    """Until it is interrupted."""
    upstream = Upstream()

    async def behave(call: Call) -> None:
        with log.open("ab") as file:
            line = {"target": call.target, "headers": call.headers, "body": call.json}
            file.write(msgspec.json.encode(line) + b"\n")
        await Script([answer(call)])(call)

    upstream.behave = behave
    await upstream.start()
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.db"
        await migrate(f"sqlite:///{template}")
        gateway = Gateway(Path(folder) / "data", template, responses={"store": store})
        await gateway.start(port)
        await add_channels(gateway, upstream, aliases)
        print(f"http://127.0.0.1:{gateway.port} {gateway.key}", flush=True)
        try:
            await asyncio.Event().wait()
        finally:
            await gateway.stop()
            await upstream.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, default=Path("calls.jsonl"))
    parser.add_argument("--alias", action="append", default=[], help="NAME=PROTOCOL")
    parser.add_argument("--store", choices=("on", "off"), default="off", help="the setting responses.store")
    options = parser.parse_args()
    pairs = [each.partition("=")[::2] for each in options.alias]
    uvloop.run(serve(options.log, options.port, pairs, options.store))
