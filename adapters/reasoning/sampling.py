"""Which of OpenAI's models take sampling settings: those that think do not, while they do.

developers.openai.com/api/docs/guides/reasoning and guides/latest-model (2026-11): temperature, top_p and logprobs only
with the effort none, which is the default of gpt-5.1 to gpt-5.5; github.com/itzcrazykns/vane/issues/1173 (2026) for
gpt-5.6.
"""

import re

_THINKS = re.compile(r"o[1-9]|gpt-5")
_CHAT = re.compile(r"chat|search")
_VERSION = re.compile(r"gpt-5\.(\d+)")

SETTINGS = (
    "temperature",
    "top_p",
    "frequency_penalty",
    "presence_penalty",
    "logprobs",
    "top_logprobs",
    "logit_bias",
)
"""What such a model refuses; temperature 1 and top_p 1 say nothing and are accepted."""


def samples(model: str, effort: str | None) -> bool:
    """Whether the settings are accepted by a model that is asked for this effort (None: its default).

    True for every model that is not OpenAI's. A vendor before a slash is left out.
    """
    name = model.lower().rpartition("/")[2]
    if _THINKS.match(name) is None or _CHAT.search(name) is not None:
        return True
    version = _VERSION.match(name)
    if version is None or "codex" in name or "pro" in name:
        return False
    return effort == "none" or (effort is None and int(version[1]) < 6)
