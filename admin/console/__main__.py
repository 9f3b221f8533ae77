"""`python -m admin.console npm ARGUMENTS`: npm, by the Node.js and the packages that the console is built with.

`... node ARGUMENTS` likewise. For what checks the sources: types, rules, known vulnerabilities.
"""

import subprocess
import sys

from admin.console.build import packages
from admin.console.places import HERE
from admin.console.tool import BuildError


def main(arguments: list[str]) -> int:
    """Run it in admin/ui; its exit status."""
    if not arguments or arguments[0] not in {"npm", "node"}:
        sys.stderr.write("usage: python -m admin.console npm|node ARGUMENTS\n")
        return 2
    try:
        found = packages(HERE, say=lambda text: sys.stderr.write(f"console: {text}\n"))
    except BuildError as error:
        sys.stderr.write(f"console: {error}\n")
        return 1
    program = [found.program, found.npm] if arguments[0] == "npm" else [found.program]
    return subprocess.run([*program, *arguments[1:]], cwd=HERE.ui, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
