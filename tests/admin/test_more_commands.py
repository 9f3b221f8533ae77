"""Commands of keys' rules and of what a channel's provider says, against the real application on a real port."""

from pathlib import Path

from tests.admin import command
from tests.admin.command import Run

url, run = command.url, command.run


def test_keys(run: Run) -> None:
    run("keys", "create", "app")
    rotated = run("keys", "rotate", "app", "--overlap", "3600").output
    assert "sk-gw-" in rotated
    assert "the old one works until" in rotated
    assert "no more" in run("keys", "rotate", "app").output
    shown = run("keys", "restrict", "app", "--endpoint", "responses", "--network", "10.1.2.3/8").output
    assert "Endpoints: responses" in shown
    assert "Networks: 10.0.0.0/8" in shown
    assert "Networks: all" in run("keys", "restrict", "app", "--any-network").output
    run("keys", "restrict", "app", code=2)
    run("keys", "restrict", "app", "--any-network", "--network", "::1", code=2)


def test_channels(run: Run, tmp_path: Path) -> None:
    run("channels", "add", "main", "--provider", "openai", "--model", "gpt-5-mini", "--no-secret")
    (tmp_path / "keys.txt").write_text("sk-the-first-of-two\n\nsk-the-second-of-two\n")
    assert "has 2 keys" in run("channels", "add-keys", "main", "--file", "keys.txt").output
    assert "Made channel spare" in run("channels", "copy", "main", "spare").output
    assert "Nobody here reaches providers" in run("channels", "balance", "main", code=1).output
    assert "main is tried again by 0 replicas" in run("channels", "retry", "main").output
    assert "Nobody here reaches providers" in run("channels", "models", "main", code=1).output


def test_channels_as_a_file(run: Run, tmp_path: Path) -> None:
    run("channels", "add", "main", "--provider", "openai", "--model", "gpt-5-mini", "--no-secret")
    (tmp_path / "keys.txt").write_text("sk-the-first-of-two\nsk-the-second-of-two\n")
    run("channels", "add-keys", "main", "--file", "keys.txt")
    assert "Wrote 1 channels" in run("channels", "export", "--file", "plain.yaml").output
    assert "is there already" in run("channels", "export", "--file", "plain.yaml", code=2).output
    run("channels", "export", "--file", "secret.yaml", "--with-secrets")
    assert (tmp_path / "secret.yaml").stat().st_mode & 0o077 == 0
    assert "sk-the-second-of-two" in (tmp_path / "secret.yaml").read_text()
    assert "sk-" not in (tmp_path / "plain.yaml").read_text()
    assert "Dry run: 1 unchanged" in run("channels", "import", "-f", "secret.yaml", "--dry-run").output
    run("channels", "remove", "main", "--yes")
    # A file with several keys is one for `gateway apply` too.
    assert "Dry run: 1 to create" in run("apply", "-f", "secret.yaml", "--dry-run").output
    told = run("channels", "import", "-f", "secret.yaml").output
    assert "keys: 2" in told
    assert "Applied: 1 created" in told
    (tmp_path / "more.yaml").write_text("channels: [{name: main, provider: openai, keys: [{env: A_KEY}]}]")
    assert "names a place on another machine" in run("channels", "import", "-f", "more.yaml", code=1).output
    (tmp_path / "bytes.yaml").write_bytes(b"\xff")
    run("channels", "import", "-f", "bytes.yaml", code=2)
