"""`gateway-serve` (what `make serve` runs).

Checks, set-up with progress, then `serve run serve_config.yaml` in this same process.

Adds to a bare `serve run`: no Ray dashboard unless asked for, SIGTERM drains like Ctrl-C, and a
welcome that shows the addresses once the gateway answers.
"""

import argparse
import asyncio
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from types import FrameType

import httpx
import yaml

from admin.console import start
from deployments import ports, ray_node
from deployments.settings import Settings, SettingsError, load
from deployments.startup import Prepared, prepare, welcome

READY_S = 300.0
ADMIN_S = 30.0
ADMIN_PATH = "/api/v1/whoami"
AWAY = range(500, 600)
"""Statuses of a gateway whose Admin replica is starting."""

ROOT = Path(__file__).resolve().parent.parent


def main(arguments: list[str] | None = None) -> None:
    """Entry point; exits with 1 and one clear sentence when the gateway cannot start."""
    options = _parser().parse_args(arguments)
    config = Path(options.config) if options.config else _default_config()
    if options.port:
        os.environ["GATEWAY_PORT"] = str(options.port)
    if options.data:
        os.environ["GATEWAY_DATA"] = str(Path(options.data).expanduser().resolve())
    if options.host:
        os.environ["GATEWAY_HOST"] = options.host
    try:
        settings = load(_args(config))
        ports.check(settings.host, settings.port)
        _check_options(settings)
        done = asyncio.run(prepare(settings))
    except (SettingsError, ports.PortTakenError, OSError, ValueError, RuntimeError) as error:
        sys.exit(f"The gateway cannot start.\n{error}")
    if done.migrations:
        _say(f"database: {_changes(done.migrations)}")
    if done.prices.stored:
        _say(f"prices: {done.prices.stored} from the price library")
    if done.prices.waiting:
        _say(f"prices: the price library has {done.prices.waiting} others; `gateway prices sync` shows them")
    _raise_file_limit()
    _say("starting Ray and the gateway (about 15 s)")
    builder = start.begin(settings.console, lambda text: _say(f"console: {text}")) if settings.admin else None
    threading.Thread(target=_greet, args=(settings, done), daemon=True).start()
    try:
        _serve_run(config, options.dashboard)
    finally:
        if builder is not None:
            builder.terminate()


def _changes(migrations: list[str]) -> str:
    """What was done to the schema."""
    if len(migrations) == 1:
        return f"change {migrations[0]} of its schema applied"
    return f"{len(migrations)} changes of its schema applied, {migrations[0]} to {migrations[-1]}"


def _check_options(settings: Settings) -> None:
    """As build does: said here before anything is started."""
    from deployments.app import check_options  # noqa: PLC0415  # loads Ray

    check_options(settings)


def _serve_run(config: Path, dashboard: bool) -> None:
    """`serve run CONFIG` with Ray already initialised our way."""
    try:
        ray_node.start(dashboard, _say)
    except ray_node.TooSlowError as error:
        sys.exit(f"The gateway cannot start.\n{error}")
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job starts with it ignored
    try:
        from ray.serve.scripts import cli  # noqa: PLC0415  # seconds to load

        _start_controller(config)
        cli(["run", str(config)], standalone_mode=False)
    except KeyboardInterrupt:  # before `serve run` listens to it; Ray's node ends with this process
        pass
    finally:
        _say("stopped")


def _start_controller(config: Path) -> None:
    """Serve's controller as the file says; `serve run` finds it running, and would not pass on the file's logging."""
    import ray  # noqa: PLC0415  # seconds to load
    from ray import serve  # noqa: PLC0415  # as above
    from ray.serve.schema import ServeDeploySchema  # noqa: PLC0415  # as above

    if not ray.is_initialized():  # a cluster that RAY_ADDRESS names is `serve run`'s to join
        return
    schema = ServeDeploySchema.model_validate(yaml.safe_load(config.read_text()))
    serve.start(
        proxy_location=schema.proxy_location,
        http_options=schema.http_options.model_dump(),
        grpc_options=schema.grpc_options.model_dump(),
        controller_options=schema.controller_options,
        logging_config=schema.logging_config,
    )


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    """SIGTERM is what service managers send: the same orderly stop as Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _greet(settings: Settings, done: Prepared) -> None:
    """Wait until the gateway answers, then show where it is."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104  # asked, not bound
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"
    began = time.monotonic()
    with httpx.Client(base_url=url, timeout=2.0, trust_env=False) as client:
        if not _answers(client, "/readyz", READY_S, lambda status: status == HTTPStatus.OK):
            _say(f"not ready after {READY_S:.0f} s; see the log above, and /tmp/ray/session_latest/logs/serve")
            return
        # It may come a second later, and what is printed next leads to it. Without it models are served all the same.
        if settings.admin and not _answers(client, ADMIN_PATH, ADMIN_S, lambda status: status not in AWAY):
            _say("the admin API and the console do not answer yet; models are served")
    _say(f"ready after {time.monotonic() - began:.0f} s")
    sys.stdout.write(welcome(settings, done) + "\n  Stop with Ctrl-C: open streams finish first.\n\n")
    sys.stdout.flush()


def _answers(client: httpx.Client, path: str, seconds: float, wanted: Callable[[int], bool]) -> bool:
    """Whether `path` comes to answer with a wanted status within some seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if wanted(client.get(path).status_code):
                return True
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    return False


def _raise_file_limit() -> None:
    """Each open stream takes two file descriptors; the usual soft limit of 1,024 is for other times."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _args(config: Path) -> dict[str, object]:
    """The args of the gateway's application. Raises SettingsError."""
    try:
        document = yaml.safe_load(config.read_text()) or {}
        applications = document["applications"]
        args = next(
            row.get("args") for row in applications if str(row.get("import_path", "")).startswith("deployments.app")
        )
    except OSError as error:
        raise SettingsError(f"{config}: {error.strerror}.") from None
    except (yaml.YAMLError, KeyError, TypeError, StopIteration, AttributeError):
        raise SettingsError(
            f"{config} is not a Serve config with an application of import_path deployments.app:build."
        ) from None
    return dict(args or {})


def _default_config() -> Path:
    here = Path("serve_config.yaml")
    return here if here.exists() else ROOT / "serve_config.yaml"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gateway-serve", description="Run the gateway on this machine.")
    parser.add_argument("--port", type=int, help="port of API and console (GATEWAY_PORT, setting 'port')")
    parser.add_argument("--host", help="address to listen on (GATEWAY_HOST, setting 'host')")
    parser.add_argument("--data", help="data directory (GATEWAY_DATA, setting 'data')")
    parser.add_argument("--config", help="Serve config file (default: serve_config.yaml)")
    parser.add_argument(
        "--dashboard", action="store_true", help="run Ray's dashboard too (127.0.0.1:8265, about 900 MB)"
    )
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"gateway: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
