from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.grading import find_lab, lab_names


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("lab1", "lab2", "lab10", "lab3"):
        (tmp_path / "labs" / name / "programs").mkdir(parents=True)
        (tmp_path / "labs" / name / "compose.yaml").touch()
        (tmp_path / "tests" / name).mkdir(parents=True)
        (tmp_path / "tests" / name / "test_server.py").touch()
    (tmp_path / "tests" / "lab3" / "test_server.py").unlink()
    for name in ("server.py", "client.py", "notes.txt"):
        (tmp_path / "labs" / "lab1" / "programs" / name).touch()
    return tmp_path


def test_an_unknown_lab_is_answered_with_the_nearest_and_all(project: Path) -> None:
    with pytest.raises(UsageError) as wrong:
        find_lab("lad1", project=project)
    assert wrong.value.text.en == (
        "There is no lab named lad1. Did you mean lab1?\nThere are: lab1, lab2, lab10"
    )
    assert "没有名为 lad1 的实验" in wrong.value.text.zh


@pytest.mark.parametrize("name", ["../lab1", "", "lab1/", "lab3"])
def test_only_names_of_labs_with_checks_are_labs(project: Path, name: str) -> None:
    with pytest.raises(UsageError):
        find_lab(name, project=project)


def test_a_folder_without_checks_is_said(project: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no checks"):
        find_lab("lab1", project=project, hidden=tmp_path / "nowhere")


def test_a_lab_has_its_programs_and_checks(project: Path, tmp_path: Path) -> None:
    for folder in (project / "tests/lab1/hidden", tmp_path / "mine"):
        folder.mkdir()
        (folder / "test_more.py").touch()
    lab = find_lab("lab1", project=project, hidden=tmp_path / "mine")
    assert lab.wanted == ("client.py", "server.py")
    assert [str(path.relative_to(project)) for path in lab.checks] == [
        "tests/lab1/test_server.py",
        "tests/lab1/hidden/test_more.py",
        "mine/test_more.py",
    ]


def test_labs_are_in_the_order_of_their_numbers(project: Path) -> None:
    assert lab_names(project) == ["lab1", "lab2", "lab10"]
