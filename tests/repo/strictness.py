"""Plugin of scripts/test: a test that is skipped has failed, and so has a run that leaves anything.

Objects of the engine are ours if they carry the label `socklab`; those that were there before the
run, and labs that someone starts meanwhile, are not the run's.
"""

import os
import signal
from collections.abc import Generator

import pytest
from docker.errors import DockerException

from acceptance.compose import PREFIX, PROJECT_LABEL, Listed, engine, listed
from acceptance.waiting import eventually

LABEL = "socklab"
BEFORE = pytest.StashKey[set[str]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, and nothing may be: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a skipped module into an error."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, and nothing may be: {report.longrepr}"
    return report


def pytest_sessionstart(session: pytest.Session) -> None:
    """Remember what was there; let what is started not ignore what a background run ignores."""
    session.config.stash[BEFORE] = _objects()
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, lambda *_: None)  # exec resets what is handled: signal(7)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that leaves anything; what is being removed gets the time for it."""
    before = session.config.stash[BEFORE]
    try:
        for attempt in eventually():
            with attempt:
                left = sorted(_objects() - before)
                assert not left, f"left on the engine: {', '.join(left)}"
    except AssertionError as error:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.write_line("")
            reporter.write_line(str(error), red=True)


def _objects() -> set[str]:
    """What of ours is on the engine, if there is one: unit tests need none."""
    try:
        with engine() as client:
            found = [one for one in listed(client, label=LABEL) if _may_be_of_this_run(one)]
    except DockerException:
        return set()
    return {one.name for one in found}


def _may_be_of_this_run(one: Listed) -> bool:
    project = one.labels.get(PROJECT_LABEL)
    return project is None or project.startswith(f"{PREFIX}-{os.getpid()}-")
