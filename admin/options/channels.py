"""When channels are switched off and on again by the gateway, and how often they are tested."""

from typing import Annotated, Literal

from pydantic import Field

from admin.options.base import OptionGroup

Status = Annotated[int, Field(ge=400, le=599)]
Keyword = Annotated[str, Field(min_length=3, max_length=200)]


class ChannelOptions(OptionGroup):
    """Channels."""

    area = "channels"
    title = "Channels"

    auto_disable: bool = Field(
        False,
        description="Whether failures switch off a channel, or one of its several keys. A test confirms it first.",
    )
    disable_statuses: list[Status] = Field(
        default_factory=lambda: [401], max_length=50, description="Upstream statuses that count as such a failure."
    )
    disable_keywords: list[Keyword] = Field(
        default_factory=lambda: [
            "credit balance is too low", "organization has been disabled", "exceeded your current quota",
            "permission denied", "security token", "operation not allowed", "account is not authorized",
        ],
        max_length=200, description="Parts of an upstream's error, in any case, that count as such a failure.",
    )  # fmt: skip
    disable_after: int = Field(
        1,
        ge=1,
        le=1000,
        description="So many such failures in a row, in one replica, with none that went through between.",
    )
    auto_enable: bool = Field(True, description="Whether what failures switched off is switched on by a good test.")
    test_every_min: int = Field(0, ge=0, le=10_080, description="Minutes between scheduled tests; 0: none.")
    test_which: Literal["all", "off"] = Field(
        "off", description='Which are tested by the clock: "all", or those that failures switched "off".'
    )
    test_at_once: int = Field(4, ge=1, le=32, description="Tests under way at one time.")
    slow_ms: int = Field(
        0, ge=0, le=600_000, description="A scheduled test that takes longer counts as a failure; 0: no bound."
    )
    models_every_min: int = Field(
        0, ge=0, le=10_080, description="Minutes between looks at the upstreams' models, where a channel asks for it."
    )
