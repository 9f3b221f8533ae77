"""Bar charts as SVG, written by hand: a bar per target, a figure per chart. No library, readable on light and dark."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

WIDTH, LABEL, BAR, GAP, TOP = 720, 190, 20, 8, 46
_OURS, _OTHERS = "#2f7ed8", "#8a94a6"


def bars(title: str, unit: str, rows: Sequence[tuple[str, float]]) -> str:
    """Return a chart of (target, value) rows; logarithmic when the values differ by more than 50 times."""
    values = [value for _, value in rows if value > 0]
    logarithmic = bool(values) and max(values) / min(values) > 50
    height = TOP + len(rows) * (BAR + GAP) + 10
    scale = "logarithmic" if logarithmic else "linear"
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'role="img" aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="13">'
        ),
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="10" y="20" font-size="15" font-weight="600" fill="#1c2430">{escape(title)}</text>',
        f'<text x="10" y="37" font-size="11" fill="#667085">{escape(unit)}, {scale} scale</text>',
    ]
    room = WIDTH - LABEL - 110
    for index, (name, value) in enumerate(rows):
        y = TOP + index * (BAR + GAP)
        length = _length(value, values, room, logarithmic=logarithmic)
        colour = _OURS if name.startswith("gateway") else _OTHERS
        middle = y + BAR - 6
        parts += [
            f'<text x="{LABEL - 8}" y="{middle}" text-anchor="end" fill="#1c2430">{escape(name)}</text>',
            f'<rect x="{LABEL}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2" fill="{colour}"/>',
            f'<text x="{LABEL + length + 6:.1f}" y="{middle}" fill="#1c2430">{escape(_number(value))}</text>',
        ]
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _length(value: float, values: Sequence[float], room: int, *, logarithmic: bool) -> float:
    if value <= 0 or not values:
        return 0.0
    if not logarithmic:
        return value / max(values) * room
    # A decade below the smallest value is where the bars begin, so that the smallest is still seen.
    low, high = math.log10(min(values)) - 1, math.log10(max(values))
    return (math.log10(value) - low) / (high - low) * room


def _number(value: float) -> str:
    if value and abs(value) < 0.01:
        return f"{value:.2g}"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"
