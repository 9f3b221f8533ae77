"""What safety rules cost: CPU per 1,000 characters, and per event of a stream. `python -m benchmarks.safety`."""

import random
import time

from adapters.canonical.blocks import Text, ToolCall
from adapters.canonical.events import ArgumentsDelta, BlockStart, BlockStop, TextDelta
from adapters.safety.detectors import DETECTORS
from adapters.safety.find import finder
from adapters.safety.guard import Found, Guard, Ready
from adapters.safety.output import OutputFilter
from adapters.safety.rule import SafetyRule

EVENTS = 20_000
CALL = 200
"""Events of 4 characters in each tool call."""


def _rules() -> dict[str, SafetyRule]:
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(8, 14))) for _ in range(50_000)]
    both = ["input", "output"]
    return {
        "words (50,000)": SafetyRule(1, "w", "words", "mask", both, words=words),
        "detectors (all)": SafetyRule(2, "d", "detectors", "mask", both, detectors=list(DETECTORS)),
        "detectors (3)": SafetyRule(3, "d", "detectors", "mask", both, detectors=["email", "credit_card", "api_key"]),
        "patterns (5)": SafetyRule(
            4, "p", "patterns", "mask", both, patterns=[rf"PROJ{each}-[0-9]{{3,6}}" for each in range(5)]
        ),
    }


def main() -> None:
    """Print a table."""
    chance = random.Random(2)
    letters = "etaoinshrdlu"
    english = " ".join("".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(3000))
    chinese = "".join(chr(chance.randint(0x4E00, 0x9FA5)) for _ in range(15_000))
    print(
        "| rule | request, English, us per 1,000 characters | Chinese | stream, us per event of 4 characters "
        "| of a tool call of 200 events |"
    )
    print("|---|---|---|---|---|")
    for name, rule in _rules().items():
        guard = Guard([Ready(rule, finder(rule))])
        costs = [_per_thousand(guard, english), _per_thousand(guard, chinese), _per_event(guard, english)]
        costs.append(_per_call_event(guard, english))
        print(f"| {name} | " + " | ".join(f"{cost:.1f}" for cost in costs) + " |")


def _per_thousand(guard: Guard, text: str) -> float:
    rounds = 20
    began = time.process_time()
    for _ in range(rounds):
        guard.check(text, Found())
    return (time.process_time() - began) / rounds / len(text) * 1000 * 1e6


def _per_event(guard: Guard, text: str) -> float:
    pieces = [text[start : start + 4] for start in range(0, len(text), 4)]
    stream = OutputFilter(guard, Found())
    stream.feed([BlockStart(0, Text(""))])
    began = time.process_time()
    for number in range(EVENTS):
        stream.feed([TextDelta(0, pieces[number % len(pieces)])])
    return (time.process_time() - began) / EVENTS * 1e6


def _per_call_event(guard: Guard, text: str) -> float:
    """A call is held until it is complete, and looked at once."""
    said = text[: CALL * 4 - len('{"note":""}')]
    whole = f'{{"note":"{said}"}}'
    pieces = [whole[start : start + 4] for start in range(0, len(whole), 4)]
    stream = OutputFilter(guard, Found())
    calls = EVENTS // CALL
    began = time.process_time()
    for number in range(calls):
        stream.feed([BlockStart(number, ToolCall("call", "note", ""))])
        for piece in pieces:
            stream.feed([ArgumentsDelta(number, piece)])
        stream.feed([BlockStop(number)])
    return (time.process_time() - began) / calls / len(pieces) * 1e6


if __name__ == "__main__":
    main()
