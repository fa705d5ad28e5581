from collections.abc import Callable
from pathlib import Path

import pytest

from machine import images, text
from machine.command import Log
from machine.errors import SetupError
from machine.images import fingerprint

FakeCommand = Callable[[str, str], None]

# `docker image inspect` shows the label that the last `docker build` of that name was given.
ENGINE = """\
case $1 in
build)
    echo "$*" >> {calls}
    echo "$*" | sed 's/.*socklab.sources=\\([^ ]*\\).*/\\1/' > {calls}.label ;;
image) cat {calls}.label 2>/dev/null || exit 1 ;;
esac"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "images" / "host"
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text("FROM x\n")
    (tmp_path / "images" / "no-image").mkdir()
    return folder


def test_a_failed_build_says_which_image(
    tmp_path: Path, folder: Path, log: Log, fake_command: FakeCommand
) -> None:
    fake_command("docker", '[ "$1" = build ] && echo "E: Unable to fetch"; exit 1')
    with pytest.raises(SetupError) as caught:
        images.ensure(root=tmp_path, base="b", mirror="", log=log)
    assert caught.value.what is text.BUILD_FAILED
    assert "socklab/host" in caught.value.report("en")


def test_an_image_is_built_once_until_its_sources_change(
    tmp_path: Path, folder: Path, log: Log, fake_command: FakeCommand
) -> None:
    fake_command("docker", ENGINE.format(calls=tmp_path / "calls"))
    assert images.ensure(root=tmp_path, base="b", mirror="m", log=log) == ["socklab/host"]
    assert "--build-arg BASE=b --build-arg DEBIAN_MIRROR=m" in (tmp_path / "calls").read_text()
    assert images.ensure(root=tmp_path, base="b", mirror="m", log=log) == []
    (folder / "greet.py").write_text("print()")
    assert images.ensure(root=tmp_path, base="b", mirror="m", log=log) == ["socklab/host"]


def test_what_an_image_is_made_from(folder: Path) -> None:
    seen = [fingerprint(folder, base="b", mirror="")]
    seen += [fingerprint(folder, base="c", mirror=""), fingerprint(folder, base="b", mirror="m")]
    (folder / "a").write_text("x")
    seen.append(fingerprint(folder, base="b", mirror=""))
    (folder / "a").chmod(0o755)
    seen.append(fingerprint(folder, base="b", mirror=""))
    (folder / "a").rename(folder / "b")
    seen.append(fingerprint(folder, base="b", mirror=""))
    assert len(set(seen)) == len(seen)


def test_compiled_python_is_no_source(folder: Path) -> None:
    before = fingerprint(folder, base="b", mirror="")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "x.pyc").touch()
    assert fingerprint(folder, base="b", mirror="") == before
