"""New API's tables of ratios and prices as bodies of PUT /prices. Pure, and quick to load for the command."""

from __future__ import annotations

from typing import Any

import msgspec

RATIOS = (
    "completion_ratio", "cache_ratio", "create_cache_ratio", "image_ratio", "audio_ratio", "audio_completion_ratio",
)  # fmt: skip


def bodies(document: object) -> list[dict[str, Any]]:
    """One body for each model, by name. `document`: its options or the answer of its /api/ratio_config."""
    tables = _tables(document)
    ratios, fixed = tables.get("model_ratio", {}), tables.get("model_price", {})
    found = [{"model": model, "ratios": {"model_price": price}} for model, price in fixed.items()]
    for model, ratio in ratios.items():
        if model not in fixed:  # as there: a price per call counts before a ratio
            more = {name: tables[name][model] for name in RATIOS if model in tables.get(name, {})}
            found.append({"model": model, "ratios": {"model_ratio": ratio, **more}})
    return sorted(found, key=lambda body: str(body["model"]))


def _tables(document: object) -> dict[str, dict[str, Any]]:
    """The tables by the names of the public route; the settings spell them ModelRatio, with JSON in a string."""
    if isinstance(document, dict) and isinstance(document.get("data"), dict):
        document = document["data"]
    found: dict[str, dict[str, Any]] = {}
    for name, table in document.items() if isinstance(document, dict) else ():
        if isinstance(table, str):
            try:
                table = msgspec.json.decode(table)  # noqa: PLW2901 - the same table, unpacked
            except (msgspec.DecodeError, RecursionError):
                continue
        if isinstance(table, dict):
            found[_snake(str(name))] = table
    return found


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")
