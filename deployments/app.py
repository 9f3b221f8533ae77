"""build(args) -> Application: what serve_config.yaml imports. The one place where Serve options are named."""

import asyncio
import os
import signal
import sys
from typing import Any

import psutil
from ray import serve
from ray.serve import Application
from ray.serve.schema import LoggingConfig

from admin.console import start
from deployments import ports
from deployments.adapter import Adapter
from deployments.autoscaling import options
from deployments.ingress import Ingress
from deployments.router import Router
from deployments.settings import Settings, load, option_variables
from deployments.startup import prepare, welcome

# Of Serve in the replicas, whatever the file says: without a line for every poll of every replica, and for each start.
_QUIET = LoggingConfig(enable_access_log=False, log_level="WARNING")
# Replica starts that fail (a taken port, a wrong key) are told in the log; Serve retries a few times and then reports
# the deployment as failed.
_COMMON: dict[str, Any] = {
    "health_check_period_s": 3.0,
    "health_check_timeout_s": 10.0,
    "graceful_shutdown_wait_loop_s": 0.2,
    "logging_config": _QUIET,
}


def build(args: dict[str, Any]) -> Application:
    """The application: Ingress, Router, Admin and one Adapter deployment for each pooled family.

    Raises SettingsError.
    """
    try:
        settings = load(args)
        ports.check(settings.host, settings.port)
        check_options(settings)
        done = asyncio.run(prepare(settings))
        begin_console(settings)
    except Exception as error:
        _end_serve_run(error)
        raise
    if done.new_admin_token:  # a start by hand; the launcher has done this before and says it itself
        sys.stderr.write(welcome(settings, done))
    return graph(settings)


def begin_console(settings: Settings) -> None:
    """For `serve run` by hand: the launcher has begun it already, and then there is nothing to do."""
    if settings.admin:
        start.begin(settings.console, lambda text: sys.stderr.write(f"console: {text}\n"), detached=True)


def check_options(settings: Settings) -> None:
    """Raise SettingsError for a wrong option; nothing is loaded where none is set."""
    variables = option_variables()
    if settings.admin and (settings.options or variables):
        from deployments import admin  # noqa: PLC0415  # as in `graph`

        admin.check_options(settings, variables)


def graph(settings: Settings) -> Application:
    """The deployments and their Serve options."""
    # Replicas run in other directories, and on other nodes: the path is settled here.
    values = settings.model_copy(update={"data": str(settings.data_dir)}).model_dump()
    drain_s = settings.timeouts.drain_s + 5.0
    router = (
        serve.deployment(Router)
        .options(
            name="Router",
            num_replicas=1,
            max_ongoing_requests=10_000,
            graceful_shutdown_timeout_s=10.0,
            ray_actor_options={"num_cpus": 0},
            **_COMMON,
        )
        .bind(values)
    )
    others: list[Application] = []
    if settings.admin:
        from deployments.admin import Admin  # noqa: PLC0415  # FastAPI is loaded only where it is served

        others.append(
            serve.deployment(Admin)
            .options(
                name="Admin",
                num_replicas=1,
                graceful_shutdown_timeout_s=10.0,
                ray_actor_options={"num_cpus": 0},
                **_COMMON,
            )
            .bind(values, router, option_variables())
        )
    for family, scale in settings.pooled().items():
        others.append(
            serve.deployment(Adapter)
            .options(
                name=f"Adapter-{family}",
                graceful_shutdown_timeout_s=drain_s,
                ray_actor_options={"num_cpus": scale.num_cpus},
                **_COMMON,
                **options(scale),
            )
            .bind(values, family, router)
        )
    return (
        serve.deployment(Ingress)
        .options(
            name="Ingress",
            graceful_shutdown_timeout_s=drain_s,
            ray_actor_options={"num_cpus": settings.ingress.num_cpus},
            **_COMMON,
            **options(settings.ingress),
        )
        .bind(values, router, *others)
    )


def _end_serve_run(error: Exception) -> None:
    """Say what is wrong and end the `serve run` that waits for this application: it would otherwise wait for ever.

    Only a `serve run` that started this Ray node itself (its raylet's parent) and serves nothing yet is ended: a
    long-lived cluster, or a gateway that is given a wrong config while it runs, is left alone. SIGTERM, because after
    SIGINT `serve run` exits with 0.
    """
    sys.stderr.write(f"\nThe gateway cannot start.\n{error}\n\n")
    sys.stderr.flush()
    try:
        raylet = psutil.Process(os.getppid())
        serving = any(_title(process).startswith("ray::ServeReplica") for process in raylet.children())
        driver = raylet.parent()
        if not serving and driver is not None and any("serve" in part for part in driver.cmdline()):
            driver.send_signal(signal.SIGTERM)
    except psutil.Error:
        return


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
