from collections.abc import Callable
from pathlib import Path

import pytest

from machine import base_image, text
from machine.base_image import own_mirror
from machine.command import Log
from machine.errors import SetupError
from machine.system import System

FakeCommand = Callable[[str, str], None]

ROOT = System(is_linux=True, is_root=True, has_apt=True, has_systemd=False)
MAC = System(is_linux=False, is_root=False, has_apt=False, has_systemd=False)
TARGETS = """\
Packages|Google|Cloud|main|https://packages.example/apt/
Translations|Debian|Debian|main|http://mirror.example/other/
Packages|Debian|Debian-Security|main|http://mirror.example/debian-security/
Packages|Debian|Debian|contrib|http://mirror.example/contrib/
Packages|Debian|Debian|main|http://mirror.example/debian/
Packages|Debian|Debian|main|http://second.example/debian/
"""


@pytest.fixture(autouse=True)
def no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LAB_BASE", "DEBIAN_MIRROR"):
        monkeypatch.delenv(name, raising=False)


def test_the_machines_own_mirror() -> None:
    assert own_mirror(TARGETS) == "http://mirror.example/debian"


@pytest.mark.parametrize(
    "targets",
    [
        "",
        "Packages|Ubuntu|Ubuntu|main|http://archive.example/ubuntu/\n",
        "Packages|Debian|Debian|main|cdrom://disc/\n",
    ],
    ids=["no-lists", "ubuntu", "disc"],
)
def test_a_machine_without_a_debian_mirror(targets: str) -> None:
    assert own_mirror(targets) is None


def test_a_machine_that_can_make_no_image(
    tmp_path: Path, log: Log, fake_command: FakeCommand
) -> None:
    fake_command("docker", "exit 1")
    with pytest.raises(SetupError) as caught:
        base_image.ensure(root=tmp_path, system=MAC, log=log)
    assert caught.value.what is text.NO_BASE


def test_no_mirror_is_known(
    tmp_path: Path, log: Log, fake_command: FakeCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("machine.system.refresh", lambda log: None)
    fake_command("docker", "exit 1")
    fake_command("apt-get", "")
    fake_command("mmdebstrap", "")
    with pytest.raises(SetupError) as caught:
        base_image.ensure(root=tmp_path, system=ROOT, log=log)
    assert caught.value.what is text.NO_MIRROR
    assert caught.value.commands[0].startswith("DEBIAN_MIRROR=")


def test_a_dead_mirror_leaves_no_image(tmp_path: Path, log: Log, fake_command: FakeCommand) -> None:
    (tmp_path / ".env").write_text("DEBIAN_MIRROR=http://dead.example/debian\n")
    fake_command("docker", '[ "$1" != import ] || echo imported; exit 1')
    fake_command("mmdebstrap", "echo 'E: Unable to connect'; exit 1")
    with pytest.raises(SetupError) as caught:
        base_image.ensure(root=tmp_path, system=ROOT, log=log)
    assert caught.value.what is text.MMDEBSTRAP_FAILED
    assert "http://dead.example/debian" in caught.value.report("en")
    assert "imported" not in log.path.read_text()
    assert not log.scratch.exists()


def test_a_registry_that_never_answers_is_given_up(
    log: Log, fake_command: FakeCommand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base_image, "REGISTRY_S", 0.1)
    fake_command("docker", "exec sleep 60")
    assert not base_image.is_pulled("debian:trixie-slim", log=log)


def test_a_full_disk_is_not_taken_for_a_silent_registry(
    log: Log, fake_command: FakeCommand
) -> None:
    fake_command("docker", "echo 'write layer: no space left on device'; exit 1")
    with pytest.raises(SetupError) as caught:
        base_image.is_pulled("debian:trixie-slim", log=log)
    assert caught.value.what is text.DISK_FULL


@pytest.mark.parametrize(
    ("present", "asked", "chosen"),
    [
        ("debian:trixie-slim", "", "debian:trixie-slim"),
        ("socklab/base:trixie", "", "socklab/base:trixie"),
        ("socklab/base:trixie", "LAB_BASE=gone.example/debian\n", "socklab/base:trixie"),
        ("mirror.example/debian", "LAB_BASE=mirror.example/debian\n", "mirror.example/debian"),
    ],
)
def test_what_the_engine_has_is_used(
    tmp_path: Path, log: Log, fake_command: FakeCommand, present: str, asked: str, chosen: str
) -> None:
    (tmp_path / ".env").write_text(asked)
    fake_command("docker", f'[ "$1 $5" = "image {present}" ]')
    assert base_image.ensure(root=tmp_path, system=ROOT, log=log) == chosen


def test_a_registry_that_answers_is_used(
    tmp_path: Path, log: Log, fake_command: FakeCommand
) -> None:
    fake_command("docker", '[ "$1" = pull ]')
    assert base_image.ensure(root=tmp_path, system=ROOT, log=log) == "debian:trixie-slim"
    (tmp_path / ".env").write_text("LAB_BASE=mirror.example/debian\n")
    assert base_image.ensure(root=tmp_path, system=ROOT, log=log) == "mirror.example/debian"
