"""Usage records that look like those of a gateway at work, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from storage.records import UsageRecord

MODELS = (
    "gpt-5-mini", "gpt-5", "gpt-4o-mini", "claude-sonnet-4-5", "claude-haiku-4-5", "gemini-2.5-flash", "gemini-2.5-pro",
    "deepseek-chat", "qwen3-32b", "text-embedding-3-small",
)  # fmt: skip
_DETAIL = (
    '{"v":1,"price":%d,"lines":[["input",%d,250000],["cache_read",%d,25000],["output",%d,2000000]],'
    '"group":1000000,"channel":1000000}'
)


@dataclass
class World:
    """Who asks for what: keys belong to users, each key uses up to three models, each model has two channels.

    `accounts` are the limited accounts of the users by their position, "" for those that have none.
    """

    keys: int = 200
    users: int = 50
    replicas: int = 2
    accounts: Sequence[str] = ()
    seed: int = 1
    _random: random.Random = field(init=False)
    _made: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Seed."""
        self._random = random.Random(self.seed)

    def records(self, count: int, started_at: int, every_us: int) -> list[UsageRecord]:
        """`count` records, one every `every_us` microseconds from `started_at`."""
        return [self._record(started_at + number * every_us) for number in range(count)]

    def _record(self, started_at: int) -> UsageRecord:
        pick = self._random.random
        # A few keys make most of the requests.
        key = int(self.keys * pick() ** 3)
        user = key % self.users
        model = (key + int(3 * pick() ** 2)) % len(MODELS)
        replica = self._made % self.replicas
        failed = pick() < 0.01
        tokens = 0 if failed else int(4000 * pick() ** 2) + 20
        output = 0 if failed else int(1200 * pick() ** 2) + 1
        cost = tokens * 250 + output * 2000
        self._made += 1
        return UsageRecord(
            request_id=f"req_{0xA1B2C3D4E5F6 + replica:012x}{self._made:08x}",
            started_at=started_at,
            key_id=key + 1,
            channel_id=model * 2 + int(pick() * 2) + 1,
            provider=("openai", "anthropic", "gemini")[model % 3],
            operation="chat",
            model=MODELS[model],
            upstream_model=MODELS[model],
            response_model=f"{MODELS[model]}-2025-08-07",
            stream=pick() < 0.7,
            status=(502, 429, 504)[model % 3] if failed else 200,
            end="upstream_error" if failed else "complete",
            error="upstream_error" if failed else "",
            error_text=f"The provider ended the request after the deadline of channel {key % 20}." if failed else "",
            input_tokens=tokens,
            output_tokens=output,
            cached_tokens=tokens // 4,
            usage_source="none" if failed else "upstream",
            cost=cost,
            price_id=model + 1,
            queue_us=300,
            first_byte_us=400_000,
            first_token_us=0 if failed else 420_000,
            total_us=2_500_000,
            attempts=1,
            replica=f"ingress-{replica}",
            client_ip="10.1.2.3",
            finish_reason="" if failed else "stop",
            upstream_request_id=f"req_{self._made * 7919:032x}",
            user_id=user + 1,
            organisation_id=user % 5 + 1,
            group="default",
            accounts=self.accounts[user] if self.accounts else "",
            provider_cost=cost,
            reserved=cost * 3,
            price_detail=_DETAIL % (model, tokens, tokens // 4, output),
        )
