"""Two commits of the gateway against each other in one run, interleaved. Owns the git worktrees below data/bench.

Both run with this environment's packages and with the bench of this tree, so only the gateway's own code differs; when
their locked requirements differ, that is said.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from benchmarks import compare, results
from benchmarks.peers.base import CACHE, ROOT
from benchmarks.run import Plan, run


def commits(first: str, second: str, plan: Plan) -> tuple[Path, str]:
    """Run both; return the result file and the comparison as Markdown.

    Raises:
        ValueError: a revision that git does not know.
    """
    trees = {revision: _worktree(revision) for revision in (first, second)}
    names = {revision: f"gateway@{tree.name}" for revision, tree in trees.items()}
    targets = [f"gateway+tree={trees[revision]}+as={names[revision]}" for revision in (first, second)]
    try:
        path = run(Plan(targets, plan.scenarios, plan.rounds, plan.options, plan.out))
    finally:
        for tree in trees.values():
            _git("worktree", "remove", "--force", str(tree))
    text = compare.compare_targets(results.read(path), names[first], names[second])
    lock = Path("requirements/runtime.txt")
    locks = {revision: _git("show", f"{revision}:{lock}", check=False) for revision in (first, second)}
    if locks[first] != locks[second]:
        text += "\nThe locked requirements of the two differ; both ran with the packages of this environment.\n"
    return path, text


def _worktree(revision: str) -> Path:
    commit = _git("rev-parse", "--verify", "--short=10", f"{revision}^{{commit}}")
    tree = CACHE / "worktrees" / commit
    if tree.exists():
        _git("worktree", "remove", "--force", str(tree), check=False)
    tree.parent.mkdir(parents=True, exist_ok=True)
    _git("worktree", "add", "--force", "--detach", str(tree), commit)
    return tree


def _git(*arguments: str, check: bool = True) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, check=False, timeout=120)
    if check and done.returncode:
        raise ValueError(done.stderr.decode("utf-8", "replace").strip())
    return done.stdout.decode("utf-8", "replace").strip()
