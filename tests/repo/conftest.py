"""What mostly waits goes on beside the other tests; the tests that look at it come last.

Readers go through the documents, and all labs' programs are graded. Unit tests come first, and
alone: they may change what all threads share, as the clock and the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from acceptance.compose import ROOT
from repo.gradings import Grader, Gradings, Programs
from repo.readings import Readings

UNIT = ROOT / "tests" / "unit"
READINGS = pytest.StashKey[Readings]()
GRADINGS = pytest.StashKey[Gradings]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put unit tests before everything else, and what waits behind it."""
    items.sort(
        key=lambda item: (not _is_unit(item), _waits_for_gradings(item), _waits_for_reading(item))
    )


def pytest_collection_finish(session: pytest.Session) -> None:
    """Wait with what goes on beside the tests until the unit tests are over."""
    session.config.pluginmanager.register(_Beginning())


class _Beginning:
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        """Begin before the first test that is no unit test."""
        if READINGS not in item.config.stash and not _is_unit(item):
            _begin(item.session)


def _begin(session: pytest.Session) -> None:
    """Begin with what the chosen tests will ask for, in their order."""
    readings = session.config.stash[READINGS] = Readings()
    gradings = session.config.stash[GRADINGS] = Gradings()
    for item in filter(_waits_for_reading, session.items):
        for name in _parameters(item):
            assert isinstance(name, str)
            readings.of(name)
    # The last labs wait the most, and so disturb other tests the least: they come first.
    for item in sorted(filter(_waits_for_gradings, session.items), key=_lab_of, reverse=True):
        for programs in _parameters(item):
            assert isinstance(programs, Programs)
            gradings.of(programs)


@pytest.hookimpl(tryfirst=True)  # before anyone looks what was left behind
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Close what is open, also after Ctrl-C."""
    if readings := session.config.stash.get(READINGS, None):
        readings.close()
    if gradings := session.config.stash.get(GRADINGS, None):
        gradings.close()


@pytest.fixture
def document_read(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Wait until a document has been read; raises what its reader has met."""
    readings = request.config.stash[READINGS]
    return lambda name: readings.of(name).result()


@pytest.fixture
def graded(request: pytest.FixtureRequest) -> Grader:
    """Give the report on a folder of programs, as data and as text; waits for it."""
    gradings = request.config.stash[GRADINGS]
    gradings.go_alone()
    return lambda programs: gradings.of(programs).result()


@pytest.fixture
def graded_again(request: pytest.FixtureRequest) -> Grader:
    """Give another report on a folder of programs that has been graded."""
    gradings = request.config.stash[GRADINGS]
    return lambda programs: gradings.again(programs).result()


def _is_unit(item: pytest.Item) -> bool:
    return item.path.is_relative_to(UNIT)


def _waits_for_gradings(item: pytest.Item) -> bool:
    return item.path.name == "test_lab_scores.py"


def _waits_for_reading(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and "document_read" in item.fixturenames


def _lab_of(item: pytest.Item) -> int:
    return next(int(each.lab[3:]) for each in _parameters(item) if isinstance(each, Programs))


def _parameters(item: pytest.Item) -> Iterator[object]:
    assert isinstance(item, pytest.Function)
    yield from item.callspec.params.values()
