"""The two authorities count alike: any sequence of asks is answered the same by Lua on a real Redis and by Python."""

import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.rates import Ask, MemoryAuthority, RedisAuthority
from storage.rates.memory import MemoryCore

TTL_S = 10.0
WINDOWS = {"second": 1_000_000, "minute": 60_000_000, "day": 86_400_000_000, "concurrent": 0}
START = 1_763_794_000_123_456
_numbers = itertools.count()

small = st.integers(0, 60)
steps = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),  # replica
        st.integers(0, 3),  # how its number goes on: 0 repeats the last one
        small,  # have
        st.lists(st.tuples(st.integers(-20, 20), st.integers(-5, 120)), max_size=3),  # uses, ages in hundredths
        st.integers(1, 30),  # need
        small,  # want, where not below need
        small,  # ahead
        st.one_of(st.integers(0, 3), st.integers(0, 150), st.integers(-200, 2000)),  # hundredths of a window that pass
        st.sampled_from([1, 1, 1, 1, 0, -1]),  # how its turns go on: -1 arrives late
    ),
    max_size=25,
)


# A pause of the machine while an example is drawn would be called too slow.
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=steps, limit=st.sampled_from([1, 5, 49, 50, 120, 1000]), window=st.sampled_from(sorted(WINDOWS)))
def test_lua_and_memory_answer_alike(redis_url, steps, limit, window):
    import asyncio

    asyncio.run(_compare(redis_url, steps, limit, WINDOWS[window]))


async def _compare(url, steps, limit, window):
    now = START
    core = MemoryCore(TTL_S, clock=lambda: now)
    memory = MemoryAuthority(core)
    redis = RedisAuthority(url, ttl_s=TTL_S, timeout_s=60.0)
    bucket = f"same-{next(_numbers)}"
    seqs = {"a": 0, "b": 0, "c": 0}
    turns = {"a": 5, "b": 5, "c": 5}
    unit = (window or 60_000_000) // 100
    try:
        for replica, more, have, uses, need, want, ahead, passed, later in steps:
            now += passed * unit + more
            redis.now = now
            seqs[replica] += more
            turns[replica] += max(later, 0)
            ask = Ask(
                bucket,
                limit,
                window,
                have=have,
                seq=seqs[replica],
                uses=[(n, age * unit) for n, age in uses],
                need=need,
                want=want if want >= need else 0,
                ahead=ahead,
                turn=turns[replica] + min(later, 0),
            )
            here = (await memory.take(replica, [ask])).grants
            there = (await redis.take(replica, [ask])).grants
            assert here == there, ask
            level = [(bucket, window)]
            assert await memory.peek(level) == await redis.peek(level)
    finally:
        await redis.close()
