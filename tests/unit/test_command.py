import errno
import subprocess
import sys
from pathlib import Path

import pytest

from machine import command, text
from machine.command import Log, answer, is_disk_full, quoted, stop
from machine.errors import SetupError


def test_a_command_that_does_not_exist() -> None:
    assert answer("no-such-command").status == 127


def test_a_command_that_never_answers() -> None:
    assert answer("sleep", "60", limit_s=0.05).status == 124


def test_a_command_that_answers() -> None:
    given = answer("sh", "-c", "echo ' out '; echo err >&2; exit 3")
    assert (given.status, given.out, given.err) == (3, "out", "err")


def test_a_failed_command_is_quoted_with_its_last_lines(log: Log) -> None:
    with pytest.raises(SetupError) as caught:
        log.run("sh", "-c", "seq 20; exit 1", failure=text.VENV_FAILED, commands=["x"])
    assert caught.value.what is text.VENV_FAILED
    assert caught.value.commands == ("x",)
    assert caught.value.quote.splitlines() == [str(number) for number in range(13, 21)]
    assert caught.value.log == str(log.path)


def test_a_command_that_is_missing_fails_like_one_that_ends_badly(log: Log) -> None:
    with pytest.raises(SetupError) as caught:
        log.run("no-such-command", failure=text.VENV_FAILED)
    assert "no-such-command" in caught.value.quote


def test_a_full_disk_is_said_to_be_full(log: Log) -> None:
    script = "echo 'write /x: No space left on device'; exit 1"
    with pytest.raises(SetupError) as caught:
        log.run("sh", "-c", script, failure=text.VENV_FAILED)
    assert caught.value.what is text.DISK_FULL


def test_a_command_that_says_nothing_is_stopped(log: Log) -> None:
    with pytest.raises(SetupError) as caught:
        log.run("sleep", "60", failure=text.VENV_FAILED, first_output_s=0.1)
    assert "nothing happened for" in caught.value.quote


def test_a_command_that_falls_silent_is_stopped(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "SILENCE_S", 0.3)
    with pytest.raises(SetupError) as caught:
        log.run("sh", "-c", "echo begun; sleep 60", failure=text.VENV_FAILED)
    assert caught.value.quote.splitlines()[0] == "begun"


def test_what_a_command_prints_is_returned_and_logged(log: Log) -> None:
    assert log.run("echo", "one", failure=text.VENV_FAILED) == "one\n"
    assert log.run("echo", "two", failure=text.VENV_FAILED) == "two\n"
    assert log.path.read_text() == "$ echo one\none\n$ echo two\ntwo\n"
    assert log.latest() == "two"


def test_stop_ends_children_too(tmp_path: Path) -> None:
    script = "sleep 60 & echo $!; wait"
    process = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    stop(process)
    # End-of-stream: nobody is left who could write.
    assert process.stdout.read() == b""
    process.stdout.close()
    assert process.poll() is not None
    assert child > 0


def test_a_second_set_up_waits_for_what_the_first_left_running(tmp_path: Path) -> None:
    path = tmp_path / "socklab" / "setup.log"
    first = Log.open(path, on_wait=lambda: pytest.fail("waited"))
    orphan = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=first.file
    )
    first.file.close()
    waited: list[bool] = []

    def let_go() -> None:
        waited.append(True)
        orphan.communicate(b"\n")

    Log.open(path, on_wait=let_go).file.close()
    assert waited == [True]


def test_scratch_of_a_killed_set_up_is_removed(log: Log) -> None:
    log.scratch.mkdir()
    (log.scratch / "base.tar").touch()
    log.file.close()
    with Log.open(log.path, on_wait=lambda: pytest.fail("waited")).file:
        assert not log.scratch.exists()


def test_long_lines_are_cut() -> None:
    assert quoted("x" * 1000) == "x" * 200


def test_quota_counts_as_a_full_disk() -> None:
    assert is_disk_full(OSError(errno.EDQUOT, "quota"))
    assert is_disk_full(OSError(errno.ENOSPC, "full"))
    assert not is_disk_full(OSError(errno.EACCES, "no"))
