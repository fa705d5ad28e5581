"""The students' copy holds what they need, and nothing that gives an answer away."""

import re
import subprocess
import tarfile
from pathlib import Path

import pytest

from acceptance.compose import ROOT, labs

# Where answers are: by their place, and as whole files or telling lines of them anywhere else.
ANSWERS = re.compile(r"/(reference|hidden|mistakes|correct|hostile)/|/starter\.txt$")
OURS = re.compile(r"^(tests/(unit|acceptance|repo)|scripts/(measure|authoring)|\.ci)/")
TELLING = 25  # characters of a line that no starter has


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the copy by their path, from what .gitattributes says now."""
    packed = tmp_path_factory.mktemp("release") / "copy.tar"
    command = ["git", "-c", "safe.directory=*", "archive", "--worktree-attributes"]
    subprocess.run([*command, f"--output={packed}", "HEAD"], cwd=ROOT, check=True)
    files = {}
    with tarfile.open(packed) as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content:
                with content:
                    files[member.name] = content.read()
    return files


def answer_files() -> list[Path]:
    return [
        path
        for pattern in ("labs/*/reference/*.py", "tests/*/correct/*/*.py", "tests/*/hidden/*.py")
        for path in ROOT.glob(pattern)
    ]


def lines_of(*paths: Path) -> set[str]:
    return {line.strip() for path in paths for line in path.read_text().splitlines()}


def test_no_place_of_answers_is_in_it(copy: dict[str, bytes]) -> None:
    assert [name for name in copy if ANSWERS.search(f"/{name}") or OURS.search(name)] == []


def test_no_answer_is_in_it_under_another_name(copy: dict[str, bytes]) -> None:
    given = {path.read_bytes() for path in ROOT.glob("labs/*/programs/*.py")}
    answers = {path.read_bytes() for path in answer_files()} - given
    assert answers
    assert [name for name, content in copy.items() if content.strip() and content in answers] == []


@pytest.mark.parametrize("lab", [lab.name for lab in labs(ROOT)])
def test_no_program_holds_a_line_of_the_reference(lab: str, copy: dict[str, bytes]) -> None:
    folder = ROOT / "labs" / lab
    telling = lines_of(*folder.glob("reference/*.py")) - lines_of(*folder.glob("programs/*.py"))
    telling = {line for line in telling if len(line) >= TELLING}
    told = {
        name: line
        for name, content in copy.items()
        if name.endswith(".py")
        for line in content.decode().splitlines()
        if line.strip() in telling
    }
    assert told == {}


def test_what_a_student_needs_is_in_it(copy: dict[str, bytes]) -> None:
    needed = {
        *("README.md", "README.zh-CN.md", "compose.yaml", "LICENSE"),
        *("scripts/setup", "scripts/grade", "scripts/requirements.txt"),
        *("labs/lab1/README.md", "labs/lab1/programs/server.py", "labs/lab1/compose.yaml"),
        *("images/host/Dockerfile", "tests/lab1/test_server.py", "tests/grader/__main__.py"),
    }
    assert needed <= set(copy)
