from collections.abc import Callable
from pathlib import Path

import pytest

from machine import system, text
from machine.command import Log
from machine.errors import SetupError
from machine.system import System, candidate, install, is_debian_like

FakeCommand = Callable[[str, str], None]

ROOT = System(is_linux=True, is_root=True, has_apt=True, has_systemd=False)
STUDENT = System(is_linux=True, is_root=False, has_apt=True, has_systemd=False)


@pytest.mark.parametrize(
    ("os_release", "is_one"),
    [
        ({}, False),
        ({"ID": "fedora"}, False),
        ({"ID": "arch", "ID_LIKE": "archlinux"}, False),
        ({"ID": "debian"}, True),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, True),
    ],
)
def test_which_distributions_have_our_packages(os_release: dict[str, str], is_one: bool) -> None:
    assert is_debian_like(os_release) is is_one


def test_without_root_the_command_is_said(log: Log) -> None:
    with pytest.raises(SetupError) as caught:
        install(["b", "a"], system=STUDENT, log=log)
    assert caught.value.what is text.NEEDS_PACKAGES
    assert "sudo apt-get install -y a b" in caught.value.commands


def test_a_dead_mirror_is_said(
    log: Log, fake_command: FakeCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "LISTS", tmp_path / "none")
    fake_command("dpkg", "")
    fake_command("apt-get", "echo 'Could not connect'; exit 100")
    with pytest.raises(SetupError) as caught:
        install(["a"], system=ROOT, log=log)
    assert caught.value.what is text.APT_FAILED
    assert caught.value.quote == "Could not connect"


def test_a_broken_source_of_many_does_not_stop_an_install(
    log: Log, fake_command: FakeCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "LISTS", tmp_path / "none")
    fake_command("dpkg", "")
    fake_command("apt-get", 'case "$*" in *update) exit 100 ;; esac')
    install(["a"], system=ROOT, log=log)
    assert "--no-install-recommends a" in log.path.read_text()


def test_what_a_killed_dpkg_left_is_finished_first(
    log: Log, fake_command: FakeCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "LISTS", tmp_path / "none")
    fake_command("dpkg", '[ "$1" != --audit ] || echo half-installed')
    fake_command("apt-get", "")
    install(["a"], system=ROOT, log=log)
    commands = [line for line in log.path.read_text().splitlines() if line.startswith("$")]
    assert commands[1] == "$ dpkg --configure -a"


def test_new_lists_are_not_fetched_again(
    log: Log, fake_command: FakeCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "LISTS", tmp_path)
    (tmp_path / "mirror_main_Packages.lz4").touch()
    system.refresh(log)
    assert log.path.read_text() == ""


def test_the_candidate_of_a_package(fake_command: FakeCommand) -> None:
    fake_command("apt-cache", "printf 'x:\\n  Installed: (none)\\n  Candidate: 2.26.1-4\\n'")
    assert candidate("x") == "2.26.1-4"
    fake_command("apt-cache", "printf 'x:\\n  Candidate: (none)\\n'")
    assert candidate("x") is None
    fake_command("apt-cache", "")
    assert candidate("x") is None
