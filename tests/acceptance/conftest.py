"""Labs that run: one shared by the tests that only look, others for those that change it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from acceptance.compose import Project, leftovers, project_copy


@pytest.fixture(scope="session", autouse=True)
def _nothing_left() -> Iterator[None]:
    yield
    assert leftovers() == []


@pytest.fixture(scope="module")
def make_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Project]]:
    """Copies of the project; everything they start is removed after the module."""
    with ExitStack() as copies:

        def make(*, language: str = "en") -> Project:
            folder = tmp_path_factory.mktemp("copy") / "socklab"
            return copies.enter_context(project_copy(folder, language=language))

        yield make


@pytest.fixture(scope="session")
def lab1(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Lab 1, running; for tests that leave it as they find it."""
    with project_copy(tmp_path_factory.mktemp("shared") / "socklab") as project:
        project.compose("up", "--detach", "lab1")
        yield project


@pytest.fixture(scope="session")
def lab1_zh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Lab 1, running, in Chinese; for tests that leave it as they find it."""
    folder = tmp_path_factory.mktemp("shared-zh") / "socklab"
    with project_copy(folder, language="zh") as project:
        project.compose("up", "--detach", "lab1")
        yield project
