"""The page at the console's address while there is no console: what is being done, or why not and what to do.

One of five languages, by what the browser asks for. No script: the answer's `refresh` header loads it again. Says
nothing of this machine but the tool's own word for what failed.
"""

import hashlib
import html
from base64 import b64encode
from typing import NamedTuple

from admin.console.state import Cause, State, Step
from deployments.console_words import WORDS, Words

RUNNING_S = 2
RESTING_S = 10
COMMAND = "gateway console build"
_STEPS: tuple[Step, ...] = ("node", "packages", "compile")
_STYLE = """
:root{color-scheme:light dark;--fg:#1d2127;--bg:#f7f8fa;--card:#fff;--dim:#5a636e;--line:#dfe3e8;--accent:#2b5fd9}
@media(prefers-color-scheme:dark){:root{--fg:#e8eaed;--bg:#14161a;--card:#1c1f24;--dim:#a2abb6;--line:#30353d;--accent:#8fb2ff}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--bg);color:var(--fg);
font:16px/1.6 system-ui,-apple-system,"Segoe UI","Noto Sans CJK SC","Noto Sans CJK JP",sans-serif}
main{width:100%;max-width:34rem;padding:1rem}
section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.75rem}
h1{margin:0 0 .5rem;font-size:1.25rem;line-height:1.35}
p{margin:.5rem 0;color:var(--dim)}
ol{margin:1.25rem 0 0;padding:0;list-style:none}
li{display:flex;gap:.75rem;align-items:baseline;padding:.3rem 0;color:var(--dim)}
li::before{content:"";flex:none;width:.7rem;height:.7rem;border-radius:50%;border:2px solid var(--line)}
li.done::before{background:var(--accent);border-color:var(--accent)}
li.now{color:var(--fg);font-weight:600}
li.now::before{border-color:var(--accent)}
@media(prefers-reduced-motion:no-preference){li.now::before{animation:pulse 1.2s infinite}}
@keyframes pulse{50%{opacity:.3}}
code{font:.9em ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
pre{margin:.75rem 0;padding:.75rem 1rem;border:1px solid var(--line);border-radius:.5rem;overflow-x:auto}
"""
_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
).encode()


class Waiting(NamedTuple):
    """The last build, and whether a start of this gateway begins one."""

    last: State | None
    builds: bool


class Page(NamedTuple):
    """The page; `again_s` is when to load it again."""

    body: bytes
    language: str
    again_s: int
    policy: bytes


def building(waiting: Waiting, accept_language: str) -> Page:
    """The page for what is known of the build."""
    language = preferred(accept_language)
    words = WORDS[language]
    last = waiting.last
    if last is not None and last.outcome == "failed":
        again, body = RESTING_S, _failed(words, last.cause, last.code)
    elif last is not None and last.outcome == "running":
        again, body = RUNNING_S, _running(words, last)
    elif waiting.builds:
        again, body = RUNNING_S, _running(words, State("running"))
    else:
        again, body = RESTING_S, _absent(words)
    text = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{words.title}</title><style>{_STYLE}</style></head><body><main><section>{body}</section></main></body></html>"
    )
    return Page(text.encode(), language, again, _POLICY)


def preferred(header: str) -> str:
    """The language of those there are that an Accept-Language header likes best; English when it likes none."""
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")[:20]):
        tag, _, weight = part.partition(";")
        try:
            liked = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        wanted.append((-liked, place, tag.strip().lower()))
    for liked, _place, tag in sorted(wanted):
        found = _language(tag)
        if found and liked < 0:
            return found
    return "en"


def _language(tag: str) -> str:
    parts = tag.split("-")
    if parts[0] == "zh":
        return "zh-TW" if {"tw", "hk", "mo", "hant"} & set(parts[1:]) else "zh-CN"
    return parts[0] if parts[0] in WORDS else ""


def _running(words: Words, last: State) -> str:
    at = _STEPS.index(last.step) if last.step else 0
    rows = "".join(
        f"<li{' class=done' if number < at else ' class=now aria-current=step' if number == at else ''}>"
        f"{getattr(words, step)}</li>"
        for number, step in enumerate(_STEPS)
    )
    seconds = f"<p>{words.since.format(seconds=int(last.seconds))}</p>" if last.started_at else ""
    return f"<h1>{words.title}</h1><p>{words.meanwhile}</p><ol>{rows}</ol>{seconds}"


def _failed(words: Words, cause: Cause, code: str) -> str:
    why = words.causes.get(cause, words.causes["other"])
    told = f" (<code>{html.escape(code)}</code>)" if code else ""
    return (
        f"<h1>{words.failed}</h1><p>{why}{told}</p><p>{words.running}</p><p>{words.retry}</p>"
        f"<pre><code>{COMMAND}</code></pre><p>{words.reloads}</p>"
    )


def _absent(words: Words) -> str:
    return (
        f"<h1>{words.absent}</h1><p>{words.running}</p><p>{words.make}</p>"
        f"<pre><code>{COMMAND}</code></pre><p>{words.reloads}</p>"
    )
