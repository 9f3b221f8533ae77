"""No overspend, conservation and idempotence over random interleavings of everything that can happen to a lease."""

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.storage.ledger.machine import Interleavings


def test_interleavings(migrated_url: str) -> None:
    examples = 40 if migrated_url.startswith("sqlite") else 6

    class Here(Interleavings):
        def __init__(self) -> None:
            super().__init__(migrated_url)

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            # Each example goes on in the same database, so one that failed is shown as it was and not made smaller.
            phases=[Phase.generate],
        ),
    )
