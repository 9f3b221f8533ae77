"""Which pages there are: read from the areas of the console's sources, so that a new one is walked unnamed."""

import re
from typing import NamedTuple

from tests.integration.instance import ROOT

PAGES = ROOT / "admin" / "ui" / "src" / "pages"


class Route(NamedTuple):
    """A page that opens without an id. `public`: without a session too."""

    area: str
    path: str
    public: bool

    @property
    def name(self) -> str:
        """For pictures."""
        return f"{self.area}-{self.path.replace('/', '-')}".strip("-")


def routes() -> list[Route]:
    """All of them, in a fixed order."""
    found: dict[Route, None] = {}
    for file in sorted(PAGES.glob("*/area.ts")):
        text = file.read_text(encoding="utf-8")
        listed = text[text.index("routes") : text.index("nav:")] if "nav:" in text else text
        for one in re.finditer(r"\{[^{}]*?path:\s*\"([^\"]*)\"[^{}]*", listed):
            if ":" not in one[1] and "*" not in one[1]:
                found[Route(file.parent.name, one[1], "public: true" in one[0])] = None
    return list(found)
