"""Rate budgets shared by all replicas: who may use how many units of what in a window, or at one time.

The rules of counting are in window.py and, line by line the same, in lua/take.lua. Two authorities keep the counts: a
Redis server (redis.py) and the memory of one process (memory.py). Nothing here knows a request, a key or a model.
"""

from storage.rates.authority import LEASE_S, Answer, Ask, Authority, AuthorityAwayError, Grant, Level
from storage.rates.memory import MemoryAuthority
from storage.rates.redis import RedisAuthority

__all__ = [
    "LEASE_S",
    "Answer",
    "Ask",
    "Authority",
    "AuthorityAwayError",
    "Grant",
    "Level",
    "MemoryAuthority",
    "RedisAuthority",
]
