"""Where the console's sources, its built files and the record of a build are. Reads and writes nothing."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The checkout, or the folder that a wheel was installed into."""


@dataclass(frozen=True)
class Places:
    """The folders of one console. Those of this installation unless a test names others."""

    ui: Path = ROOT / "admin" / "ui"
    tools: Path = ROOT / ".tools"
    requirements: Path = ROOT / "requirements" / "console.txt"

    @property
    def dist(self) -> Path:
        """What is served."""
        return self.ui / "dist"

    @property
    def record(self) -> Path:
        """What was built, and from what; written last."""
        return self.dist / "BUILD.json"

    @property
    def work(self) -> Path:
        """Lock, state, log and the unfinished build."""
        return self.ui / ".build"

    @property
    def lock_file(self) -> Path:
        """The exact packages."""
        return self.ui / "package-lock.json"

    @property
    def modules(self) -> Path:
        """Where npm puts them."""
        return self.ui / "node_modules"

    @property
    def log(self) -> Path:
        """What the tools of the last build printed."""
        return self.work / "log"

    @property
    def node(self) -> Path:
        """A Node.js of our own: never in the environment that the gateway runs in."""
        return self.tools / "node"

    @property
    def buildable(self) -> bool:
        """Whether the sources are here. Wheels carry the built files alone."""
        return self.lock_file.is_file()


HERE = Places()
