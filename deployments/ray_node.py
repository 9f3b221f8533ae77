"""Ray's node of this process: its environment, and a start that is tried again on a machine that is busy for a while.

Ray's raylet gives an agent of its own 15 s to start, a number that nothing sets, and ends itself after that; who
started it then waits for a node that will never come, and what else had been started is left running.
"""

import logging
import os
from collections.abc import Callable

import psutil

TRIES = 4

_WAIT_S = 40
"""How long a node may take. One that has not come up by then has mostly given itself up: waiting longer is no use."""

DEFAULTS = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DEDUP_LOGS": "0",
    # How often Ray looks after itself. Measured on an idle gateway: 0.18 cores with its own intervals, 0.10 with these.
    "RAY_SERVE_CONTROL_LOOP_INTERVAL_S": "0.5",
    "RAY_SERVE_METRICS_EXPORT_INTERVAL_MS": "5000",
    "RAY_metrics_report_interval_ms": "30000",
    "REPORTER_UPDATE_INTERVAL_MS": "30000",
    "RAY_kill_idle_workers_interval_ms": "5000",
    "RAY_memory_monitor_refresh_ms": "1000",
    "RAY_raylet_report_resources_period_milliseconds": "500",
    "RAY_raylet_check_gc_period_milliseconds": "2000",
    "RAY_raylet_start_wait_time_s": str(_WAIT_S),
    # A first start on a busy machine is not worth a warning yet.
    "RAY_SERVE_SLOW_STARTUP_WARNING_S": "120",
}
"""Environment of Ray and Serve, unless it is set already."""

OBJECT_STORE_BYTES = 100 * 1024 * 1024
"""The object store is not used; this is about the least that Ray accepts."""

_KILL_S = 10.0


class TooSlowError(RuntimeError):
    """Ray did not come up in the time that it allows itself."""

    def __init__(self) -> None:
        super().__init__(
            f"Ray did not come up in time, {TRIES} times: the machine is too busy, or short of memory. "
            "Nothing was left running; start again when there is less to do."
        )


def start(dashboard: bool, say: Callable[[str], None]) -> None:
    """Start Ray in this process, unless RAY_ADDRESS names a cluster to join later. Raises TooSlowError."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    if os.environ.get("RAY_ADDRESS"):
        return
    # It asks callers for its token, as it should, and says how to turn that off.
    logging.getLogger("ray._private.authentication").setLevel(logging.ERROR)
    import ray  # noqa: PLC0415  # seconds to load, and it reads the variables above

    ours = psutil.Process()
    for attempt in range(1, TRIES + 1):
        before = set(ours.children())
        try:
            ray.init("local", namespace="serve", include_dashboard=dashboard, object_store_memory=OBJECT_STORE_BYTES)
        except Exception as error:
            if "timed out during startup" not in str(error):  # Ray has no class for it
                raise
            _kill(set(ours.children()) - before)
            if attempt == TRIES:
                raise TooSlowError from error
            say(f"Ray did not come up in time; the machine is busy. Trying again ({attempt + 1} of {TRIES})")
        else:
            return


def _kill(started: set[psutil.Process]) -> None:
    """End what the node that failed has started, and what that has."""
    everything = set(started)
    for process in started:
        try:
            everything.update(process.children(recursive=True))
        except psutil.NoSuchProcess:
            continue
    for process in everything:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(list(everything), timeout=_KILL_S)
