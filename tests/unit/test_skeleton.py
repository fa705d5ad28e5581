"""A new lab's files, in a project that has only what they are made from."""

import shutil
from pathlib import Path

import pytest

from authoring.__main__ import main
from authoring.skeleton import WrongUsage, make_lab
from repo.completeness import missing_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("labs/lab1", "tests/lab1/mistakes"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "compose.yaml").write_text("include:\n  - labs/lab1/compose.yaml\n")
    for name in ("README.md", "README.zh-CN.md"):
        (tmp_path / name).write_text(f"| [lab1](labs/lab1/{name}) | one |\n\nend\n")
    return tmp_path


@pytest.mark.parametrize(
    ("title", "port"),
    [("x", 7000), ("a | b", 7000), ("two\nlines", 7000), ("echo", 80), ("echo", 65536)],
    ids=["short", "bar", "lines", "low", "high"],
)
def test_what_will_not_do_is_refused_before_anything_is_written(
    project: Path, title: str, port: int
) -> None:
    before = sorted(project.rglob("*"))
    with pytest.raises(WrongUsage):
        make_lab(project, title=title, title_zh="回声", port=port)
    assert sorted(project.rglob("*")) == before


def test_checks_without_a_lab_are_not_replaced(project: Path) -> None:
    (project / "tests/lab2").mkdir()
    with pytest.raises(WrongUsage, match="tests/lab2 exists"):
        make_lab(project, title="echo", title_zh="回声", port=7000)


def test_a_lab_that_the_readme_does_not_know_is_told_first(project: Path) -> None:
    (project / "README.md").write_text("nothing\n")
    with pytest.raises(WrongUsage, match=r"README\.md has no line for lab1"):
        make_lab(project, title="echo", title_zh="回声", port=7000)
    assert not (project / "labs/lab2").exists()


def test_the_next_lab_has_a_network_and_a_port_of_its_own(project: Path) -> None:
    lab, paths = make_lab(project, title="echo", title_zh="回声", port=7000)
    compose = (project / "labs/lab2/compose.yaml").read_text()
    assert lab == "lab2"
    assert compose.startswith("# Lab 2, echo.\n")
    assert "${LAB2_NET:-10.207.2}.4" in compose
    assert 'LAB_PORT: "7000"' in compose
    assert not any(old in compose for old in ("lab1", "LAB1", "10.207.1.", "8080"))
    assert all((project / path).is_file() for path in paths)


def test_the_project_knows_the_new_lab(project: Path) -> None:
    make_lab(project, title="echo", title_zh="回声", port=7000)
    assert (project / "compose.yaml").read_text().endswith("  - labs/lab2/compose.yaml\n")
    assert (
        "| one |\n| [lab2](labs/lab2/README.md) | echo |\n" in (project / "README.md").read_text()
    )
    row = "| [lab2](labs/lab2/README.zh-CN.md) | 回声 |\n"
    assert row in (project / "README.zh-CN.md").read_text()


def test_what_its_author_has_to_write_is_named(project: Path) -> None:
    make_lab(project, title="echo", title_zh="回声", port=7000)
    missing = "\n".join(missing_of(project, "lab2"))
    for part in (
        "tests/lab2 has 1 checks",
        "hidden",
        "correct",
        "starter.txt",
        "report.txt",
        "TODO",
    ):
        assert part in missing, part
    assert "test_lab2.py" in missing
    assert "does not show" not in missing


def test_wrong_usage_has_status_2(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["echo", "--zh", "回声", "--port", "1"], root=project) == 2
    assert "scripts/new-lab: --port is a number from 1024" in capsys.readouterr().err
