import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from machine import bundle, text
from machine.command import Log
from machine.errors import SetupError

FakeCommand = Callable[[str, str], None]

LOADED = "echo 'Loaded image: socklab/base:trixie'; echo 'Loaded image: socklab/host:latest'"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "images" / "host").mkdir(parents=True)
    (tmp_path / "images" / "host" / "Dockerfile").touch()
    return tmp_path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "socklab.tar.gz"
    file.write_bytes(gzip.compress(b"images" * 1000))
    return file


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as caught:
        bundle.check(tmp_path / "none")
    assert caught.value.what is text.NO_FILE


@pytest.mark.parametrize("kept", [0.5, 0.99])
def test_half_a_file_is_refused_before_anything_is_loaded(
    root: Path, file: Path, log: Log, kept: float
) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(SetupError) as caught:
        bundle.load(file, root=root, log=log)
    assert caught.value.what is text.HALF_FILE


def test_a_file_of_another_kind_or_with_a_flipped_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-8] ^= 1  # the checksum
    for damaged in (bytes(content), b"PK\3\4 something else"):
        file.write_bytes(damaged)
        with pytest.raises(SetupError) as caught:
            bundle.check(file)
        assert caught.value.what is text.HALF_FILE


def test_images_that_are_not_ours(
    root: Path, file: Path, log: Log, fake_command: FakeCommand
) -> None:
    fake_command("docker", "echo 'Loaded image: hello-world:latest'")
    with pytest.raises(SetupError) as caught:
        bundle.load(file, root=root, log=log)
    assert "socklab/host:latest" in caught.value.report("en")


def test_loading_tells_the_base(
    root: Path, file: Path, log: Log, fake_command: FakeCommand
) -> None:
    fake_command("docker", LOADED)
    assert bundle.load(file, root=root, log=log) == "socklab/base:trixie"


def test_a_save_that_fails_leaves_the_old_file(
    root: Path, file: Path, fake_command: FakeCommand
) -> None:
    before = file.read_bytes()
    fake_command("docker", "echo half; exit 1")
    with pytest.raises(SetupError) as caught:
        bundle.save(file, root=root, base="b")
    assert caught.value.what is text.ENGINE_REFUSED
    assert file.read_bytes() == before
    assert not list(root.glob("*.part"))


def test_a_saved_file_holds_base_and_images(
    root: Path, file: Path, fake_command: FakeCommand
) -> None:
    fake_command("docker", 'echo "$*"')
    bundle.save(file, root=root, base="b")
    assert gzip.decompress(file.read_bytes()) == b"save b socklab/host\n"
