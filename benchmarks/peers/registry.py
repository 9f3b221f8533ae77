"""Which targets there are, and how a target is named on the command line: `name` or `name+option=value+option`."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.peers.bare import Bare, BareGranian
from benchmarks.peers.base import Target
from benchmarks.peers.gateway import Gateway
from benchmarks.peers.haproxy import HAProxy
from benchmarks.peers.litellm import LiteLLM
from benchmarks.peers.mock import MockDirect
from benchmarks.peers.portkey import Portkey

DEFAULT = ("mock", "haproxy", "bare", "gateway", "portkey", "litellm")

_MAKERS: dict[str, Callable[[dict[str, str]], Target]] = {
    "mock": lambda _: MockDirect(),
    "haproxy": lambda _: HAProxy(),
    "bare": lambda _: Bare(),
    "bare-granian": lambda _: BareGranian(),
    "gateway": Gateway,
    "portkey": lambda _: Portkey(),
    "litellm": lambda options: LiteLLM(int(options.get("workers", "0"))),
}


def base_name(spec: str) -> str:
    """Return the name before the options."""
    return spec.split("+", 1)[0]


def create(spec: str) -> Target:
    """Return the target that `spec` names.

    Raises:
        ValueError: there is none, or it has no such option.
    """
    name, *options = spec.split("+")
    if name not in _MAKERS:
        raise ValueError(f"unknown target {name!r}; known: {', '.join(_MAKERS)}")
    pairs = dict(option.partition("=")[::2] for option in options)
    return _MAKERS[name](pairs)
