"""Random interleavings of books, outages and deaths: no overspend, nothing lost, nothing left held."""

import itertools
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.deployments.leases.machine import Books


@pytest.mark.timeout(300)
def test_whatever_happens_nothing_is_spent_twice(tmp_path: Path, empty_database: Path) -> None:
    shutil.copy(empty_database, tmp_path / "gateway.db")
    subjects = itertools.count(1, 10)
    make: Any = lambda: Books(f"sqlite:///{tmp_path}/gateway.db", next(subjects))  # noqa: E731
    run_state_machine_as_test(
        make,
        settings=settings(
            max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
