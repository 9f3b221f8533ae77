"""Other names of models: a channel that serves a model serves it under its aliases too. Pure; used by the compiler."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

_SIGNS = "*?["


def with_aliases(models: dict[str, str], aliases: Mapping[str, str]) -> dict[str, str]:
    """A channel's models (public name or glob -> upstream name, "" = the same) with the aliases of those it serves.

    `aliases`: alias -> model. What the channel lists by itself under an alias' name stays.
    """
    if not aliases:
        return models
    globs = sorted((name for name in models if any(sign in name for sign in _SIGNS)), key=lambda name: -len(name))
    found = dict(models)
    for alias, model in aliases.items():
        if alias in models:
            continue
        if model in models:
            found[alias] = models[model] or model
            continue
        glob = next((name for name in globs if name == "*" or fnmatchcase(model, name)), None)
        if glob is not None:
            upstream = models[glob]
            found[alias] = model if not upstream or "*" in upstream else upstream
    return found
