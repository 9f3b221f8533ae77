"""Names of processes, and CPU and memory of a tree."""

import subprocess
import sys

import pytest

from benchmarks.processes import Sample, Tree, cpu_between, label


@pytest.mark.parametrize(
    ("executable", "command", "wanted"),
    [
        ("ray::ServeRepli", ["ray::ServeReplica:gateway:Ingress"], "Ingress"),
        ("ray::ServeRepli", ["ray::ServeReplica:gateway:Router.push"], "Router"),
        ("ray::SERVE_REPL", ["ray::SERVE_REPLICA::gateway#Ingress#6i0rt628:ServeReplica:gateway:Ingress"], "Ingress"),
        ("ray::ServeContr", ["ray::ServeController.run_control_loop"], "controller"),
        ("ray::IDLE", ["ray::IDLE"], "ray-idle"),
        ("ray::DashboardA", ["ray::DashboardAgent   "], "ray-agent"),
        ("ray::Something", ["ray::Something.method  "], "ray::Something"),
        ("raylet", ["/x/ray/core/src/ray/raylet/raylet", "--x=python default_worker.py"], "raylet"),
        ("gcs_server", ["/x/gcs_server", "--y"], "gcs"),
        ("python", ["/usr/bin/python", "-u", "/x/dashboard/agent.py"], "ray-agent"),
        ("node", ["/x/node", "server.js"], "node"),
        ("python", [], "python"),
    ],
)
def test_labels(executable, command, wanted):
    assert label(executable, command) == wanted


def test_the_root_is_the_launcher_unless_it_is_known():
    assert label("python", ["python", "-m", "x"], root=True) == "launcher"
    assert label("raylet", ["raylet"], root=True) == "raylet"


def test_cpu_between_counts_new_processes_whole_and_the_later_name():
    before = {(1, 0.0): Sample("starting", 1.0, 0), (2, 0.0): Sample("gone", 5.0, 0)}
    after = {(1, 0.0): Sample("Ingress", 1.5, 0), (3, 0.0): Sample("Ingress", 0.25, 0)}
    assert cpu_between(before, after) == {"Ingress": 0.75}


def test_a_tree_with_children():
    script = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'x = sum(range(3_000_000)); print(1, flush=True); input()'],"
        " stdin=subprocess.PIPE)\n"
        "input()\nchild.communicate(b'\\n')\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.read(1) == b"1"
        tree = Tree(process.pid)
        sample = tree.sample()
        memory = tree.memory()
        assert len(sample) == 2
        assert sum(cpu_between({}, sample).values()) > 0
        assert tree.rss() > 0
        assert all(row.rss >= row.uss > 0 and row.pss > 0 for row in memory.values())
        process.communicate(b"\n")
        assert tree.sample() == {}
