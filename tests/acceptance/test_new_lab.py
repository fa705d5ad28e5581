"""scripts/new-lab as its first user: the new lab runs at once and says what it lacks."""

from collections.abc import Callable

import pytest

from acceptance.compose import Project, labs
from acceptance.waiting import eventually

TITLES = ("echo over TCP", "--zh", "TCP 回声", "--port", "7007")


@pytest.fixture(scope="module")
def project(make_project: Callable[[], Project]) -> Project:
    project = make_project()
    project.run("scripts/new-lab", *TITLES)
    return project


@pytest.fixture(scope="module")
def lab(project: Project) -> str:
    return labs(project.folder)[-1].name


def test_it_can_be_started_and_its_programs_talk(project: Project, lab: str) -> None:
    project.compose("up", "--detach", lab)
    for attempt in eventually():
        with attempt:
            done = project.exec(
                f"{lab}-client", "python3", "client.py", "server", "7007", check=False
            )
            assert done.stdout.endswith("reply: 5 bytes: hello\n")


def test_its_checks_can_be_run(project: Project, lab: str) -> None:
    graded = project.run("scripts/grade", lab, "--lang", "en")
    assert "All 1 points." in graded.stdout


def test_all_that_it_lacks_is_named_and_nothing_else_is_wrong(project: Project, lab: str) -> None:
    contract = "tests/repo/test_lab_contract.py"
    words = ("-q", "--no-header", "-p", "no:cacheprovider", contract, "-k", lab)
    done = project.run(".venv/bin/python", "-m", "pytest", *words, check=False)
    assert "1 failed" in done.stdout, done.stdout
    assert f"test_nothing_is_missing_in_a_lab[{lab}]" in done.stdout
    assert f"tests/{lab} has 1 checks, 10 or more are wanted" in done.stdout
