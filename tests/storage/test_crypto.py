"""Secrets and tokens: sealed ones open only where they belong, keys appear once."""

import hashlib
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.crypto import (
    SealError,
    SecretBox,
    SecretKeyError,
    derive,
    digest,
    hint,
    load_master_key,
    new_admin_token,
    new_key,
)

MASTER = b"a master key of the tests"


@given(st.text(), st.text(max_size=40))
def test_a_sealed_secret_opens_in_its_context(plain: str, context: str) -> None:
    if "\ud800" <= max(plain + context, default="") <= "\udfff":
        return
    box = SecretBox(MASTER)
    assert box.open(box.seal(plain, context), context) == plain


def test_equal_secrets_look_different() -> None:
    box = SecretBox(MASTER)
    assert box.seal("sk-1", "channel:1") != box.seal("sk-1", "channel:1")


def test_a_secret_opens_nowhere_else() -> None:
    sealed = SecretBox(MASTER).seal("sk-1", "channel:1")
    with pytest.raises(SealError, match="GATEWAY_SECRET_KEY"):
        SecretBox(MASTER).open(sealed, "channel:2")
    with pytest.raises(SealError):
        SecretBox(b"another key").open(sealed, "channel:1")


def test_any_changed_or_missing_byte_is_noticed() -> None:
    box = SecretBox(MASTER)
    sealed = box.seal("sk-1", "c")
    for at in range(len(sealed)):
        with pytest.raises(SealError):
            box.open(sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :], "c")
        with pytest.raises(SealError):
            box.open(sealed[:at], "c")


def test_no_error_repeats_the_secret() -> None:
    sealed = SecretBox(MASTER).seal("sk-very-secret", "c")
    with pytest.raises(SealError) as caught:
        SecretBox(b"x" * 16).open(sealed, "c")
    assert "sk-very" not in str(caught.value)


def test_derived_keys_differ_by_purpose() -> None:
    assert len(derive(MASTER, "a")) == 32
    assert derive(MASTER, "a") != derive(MASTER, "b") != derive(b"other", "b")
    assert derive(MASTER, "a") == derive(MASTER, "a")


def test_a_configured_key_wins_and_makes_no_file(tmp_path: Path) -> None:
    assert load_master_key(tmp_path, "0123456789abcdef") == b"0123456789abcdef"
    assert list(tmp_path.iterdir()) == []


def test_a_short_configured_key_is_refused_without_repeating_it(tmp_path: Path) -> None:
    with pytest.raises(SecretKeyError, match="9 characters") as caught:
        load_master_key(tmp_path, "too-short")
    assert "too-short" not in str(caught.value)


@pytest.mark.parametrize("configured", [None, ""])
def test_the_key_file_is_made_once_and_is_private(tmp_path: Path, configured: str | None) -> None:
    folder = tmp_path / "new" / "data"
    first = load_master_key(folder, configured)
    assert len(first) == 43
    assert load_master_key(folder, configured) == first
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_damaged_key_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("\n")
    with pytest.raises(SecretKeyError, match=r"secret\.key"):
        load_master_key(tmp_path, None)
    assert (tmp_path / "secret.key").read_text() == "\n"


def test_the_first_of_two_key_files_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def overtaken(source: Path, target: Path) -> None:
        target.write_text("the key of another process")
        link(source, target)

    monkeypatch.setattr("storage.crypto.os.link", overtaken)
    assert load_master_key(tmp_path, None) == b"the key of another process"
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from storage.crypto import load_master_key; sys.stdin.read(1);"
        "print(load_master_key(pathlib.Path(sys.argv[1]), None).decode())"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    for process in started:
        assert process.stdin is not None
        process.stdin.write(b"x")
        process.stdin.flush()
    keys = {process.communicate()[0] for process in started}
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_new_tokens_have_their_form_and_differ() -> None:
    assert re.fullmatch(r"sk-gw-[A-Za-z0-9_-]{43}", new_key())
    assert re.fullmatch(r"gwa-[A-Za-z0-9_-]{43}", new_admin_token())
    assert len({new_key() for _ in range(100)}) == 100


def test_the_digest_is_sha256() -> None:
    assert digest("sk-gw-x") == hashlib.sha256(b"sk-gw-x").digest()


def test_a_hint_shows_little() -> None:
    assert hint("sk-gw-0123456789abcdefghijklmnopqrstuvwxyz") == "sk-gw-0123...wxyz"
    assert hint("sk-1234567890") == "...7890"
    assert hint("short") == "..."
