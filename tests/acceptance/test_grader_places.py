"""The report is the same from wherever the grader runs, and wherever the engine is."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.compose import Completed, Project, project_copy
from acceptance.engine_proxy import engine_over_tcp
from acceptance.grading import REFERENCE, scripts_grade

VARYING = ((r"\d+\.\d{3} s", "0.000 s"), (r"10\.213(\.\d+){2}", "10.213.0.1"), (r"\s+", " "))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with project_copy(tmp_path_factory.mktemp("copy") / "socklab") as project:
        yield project


def in_container(project: Project, *words: str) -> Completed:
    return project.compose("run", "--rm", "--no-TTY", "grade", *words, check=False)


def unchanging(report: str) -> tuple[str, str]:
    """The list of checks to the letter; all words but those that differ from run to run.

    The lines of a lesson break where the address in them ends.
    """
    checks, words = report.split("\n\n✘")[0], report
    for pattern, same in VARYING:
        words = re.sub(pattern, same, words)
    return checks, words


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_container_gives_the_same_report(language: str, project: Project) -> None:
    words = ("lab1", "--seed", "1", "--lang", language)
    outside = project.run("scripts/grade", *words, check=False)
    inside = in_container(project, *words)
    assert (inside.status, outside.status) == (1, 1)
    again = inside.stdout.replace("docker compose run --rm grade", "scripts/grade")
    assert unchanging(again) == unchanging(outside.stdout)


def test_the_container_takes_a_zip_with_a_chinese_name(project: Project) -> None:
    (project.folder / "作业").mkdir()
    shutil.make_archive(str(project.folder / "作业" / "张三"), "zip", REFERENCE)
    done = in_container(project, "lab1", "--submission", "作业/张三.zip", "--lang", "zh")
    assert "满分 20 分" in done.stdout, done
    assert done.status == 0


def test_the_container_says_what_is_wrong_with_the_command(project: Project) -> None:
    done = in_container(project, "lab99", "--lang", "en")
    assert done.status == 2
    assert "There is no lab named lab99" in done.stderr


def test_an_engine_over_tcp_gives_the_same_report(tmp_path: Path) -> None:
    words = ("lab1", "--seed", "1", "--lang", "en")
    here = scripts_grade(*words, folder=tmp_path)
    with engine_over_tcp() as address:
        there = scripts_grade(*words, folder=tmp_path, DOCKER_HOST=address)
    assert (there.returncode, here.returncode) == (1, 1)
    assert unchanging(there.stdout) == unchanging(here.stdout)
