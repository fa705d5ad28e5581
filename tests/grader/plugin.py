"""pytest as the runner of checks: markers, fixtures, and what each check came to.

Runs in the grader's own process. Programs of a submission never do: pytest is given the lab's
check files by name and looks nowhere else.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.checks import Check, check_name, plan, read_title
from grader.deadline import CHECK_LIMIT_S, Deadline
from grader.errors import GraderError, UsageError
from grader.language import Text
from grader.ports import ports_of
from grader.result import CheckResult
from grader.seams import Impair, Log, Stage
from grader.seed import Draws, Seed
from grader.steps import Steps
from grader.verdict import judge
from grader.watchdog import watchdog

if TYPE_CHECKING:
    from grader.host import Host
    from grader.packets import Capture
    from grader.peer import Peer
    from grader.personal import Values

_MARKERS = (
    "points(n): what the check is worth",
    "requires(name, ...): checks that have to pass before this one says anything",
    "limit(seconds): how long the check may take",
)


@dataclass(frozen=True)
class Choice:
    """What a person asked for."""

    checks: tuple[str, ...] = ()
    seed: Seed = field(default_factory=lambda: Seed(0))
    visible: Path = Path()  # checks from any other folder are hidden ones
    tells_hidden: bool = False  # what a hidden check saw is for its author
    personal: Values | None = None  # without, the checks that ask for them are not there
    ports: range = field(default_factory=ports_of)


class GraderPlugin:
    """Collects checks, runs them in order, keeps results. One for each grading."""

    def __init__(
        self,
        stage: Callable[[], Stage],
        choice: Choice,
        *,
        log: Log,
        on_plan: Callable[[Sequence[Check]], None] = lambda checks: None,
        on_start: Callable[[Check, int, int], None] = lambda check, index, total: None,
        on_end: Callable[[CheckResult], None] = lambda result: None,
    ) -> None:
        """`stage` waits for the sandbox; it is asked when the first check needs it."""
        self._open_stage = stage
        self._choice = choice
        self._log = log
        self._on_plan = on_plan
        self._on_start = on_start
        self._on_end = on_end
        self._checks: dict[str, Check] = {}  # by node id
        self._raised: BaseException | None = None
        self._steps = Steps()
        self._order: tuple[str, ...] = ()
        self.problem: GraderError | UsageError | None = None
        self.planned = 0
        self.results: list[CheckResult] = []

    # Collecting

    def pytest_configure(self, config: pytest.Config) -> None:
        """Make the markers known."""
        for marker in _MARKERS:
            config.addinivalue_line("markers", marker)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file of checks that cannot be read is our fault."""
        if report.failed:
            self._log.note(str(report.longrepr))
            self.problem = GraderError(f"the checks in {report.nodeid} cannot be read")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the chosen checks, each after those it requires."""
        if self._choice.personal is None:
            items[:] = [item for item in items if not _asks_for_values(item)]
        try:
            checks = [_read_check(item, visible=self._choice.visible) for item in items]
            planned = plan(checks, self._choice.checks)
        except (GraderError, UsageError) as problem:
            self.problem = self.problem or problem
            items.clear()
            return
        by_name = dict(zip((check.name for check in checks), items, strict=True))
        items[:] = [by_name[check.name] for check in planned]
        self._checks = {by_name[check.name].nodeid: check for check in planned}
        self._order = tuple(by_name)
        self.planned = len(planned)
        self._on_plan(planned)

    # Running

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> bool | None:
        """Wait for the stage; without it no check runs, and that is said once."""
        if self.problem is None and self._checks:
            try:
                self._open_stage()
            except GraderError as problem:
                self.problem = problem
            except Exception as problem:
                self._log.note("".join(traceback.format_exception(problem)))
                self.problem = GraderError(
                    Text("the sandbox could not be opened", "无法建立沙箱环境")
                )
        return True if self.problem else None

    def pytest_runtest_protocol(self, item: pytest.Item) -> bool:
        """Run one check, or say what blocks it."""
        from _pytest.runner import runtestprotocol

        check = self._checks[item.nodeid]
        self._on_start(check, len(self.results), self.planned)
        if blocked := self._blocked(check):
            self._keep(blocked)
            return True
        self._raised = None
        self._steps = Steps()
        begun = time.monotonic()
        runtestprotocol(item, log=False, nextitem=None)  # the next one may be blocked
        self._add(check, time.monotonic() - begun)
        return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Time runs from here: making the hosts new is not the student's."""
        limit_s = self._checks[item.nodeid].limit_s
        self._steps.deadline = Deadline.after(limit_s)
        with watchdog(limit_s):
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport | None:
        """Keep the first exception of a check; pytest would draw a traceback that nobody reads."""
        if call.excinfo is None:
            return None
        self._raised = self._raised or call.excinfo.value
        return pytest.TestReport(item.nodeid, item.location, {}, "failed", None, "call")

    def pytest_internalerror(self, excrepr: object) -> bool:
        """Keep pytest from printing; the log has it."""
        self._log.note(str(excrepr))
        self.problem = self.problem or GraderError("pytest itself failed")
        return True

    def _blocked(self, check: Check) -> CheckResult | None:
        """Say what a check waits for, if anything. What our failure blocks costs no points."""
        outcomes = {result.name: result.outcome for result in self.results}
        names = tuple(name for name in check.requires if outcomes[name] != "passed")
        if not names:
            return None
        return CheckResult(
            name=check.name,
            title=check.title,
            points=check.points,
            outcome="error" if "error" in (outcomes[name] for name in names) else "blocked",
            blocked_by=names,
            hidden=check.hidden,
        )

    def _add(self, check: Check, duration_s: float) -> None:
        verdict = judge(check, self._raised)
        is_told = self._choice.tells_hidden or not check.hidden
        if verdict.outcome == "error" and self._raised is not None:
            self._log.note(f"{check.name}\n" + "".join(traceback.format_exception(self._raised)))
        self._keep(
            CheckResult(
                name=check.name,
                title=check.title,
                points=check.points,
                outcome=verdict.outcome,
                lesson=verdict.lesson if is_told else None,
                steps=self._steps.taken(with_packets=verdict.outcome == "failed")
                if is_told
                else (),
                error=verdict.error,
                duration_s=duration_s,
                hidden=check.hidden,
            )
        )

    def _keep(self, result: CheckResult) -> None:
        self.results.append(result)
        self._on_end(result)

    # What a check is given

    @pytest.fixture
    def steps(self) -> Steps:
        """What was done in this check so far."""
        return self._steps

    @pytest.fixture
    def stage(self, steps: Steps) -> Iterator[Stage]:
        """The hosts and the peer, as new. Where they cannot be had, no later check is run."""
        stage = self._open_stage()
        try:
            stage.begin(steps)
        except GraderError as problem:
            self.problem = problem
            pytest.exit("no hosts")
        yield stage
        stage.end()

    @pytest.fixture
    def server(self, stage: Stage) -> Host:
        """The host `server`, with nothing but the submission on it."""
        return stage.server

    @pytest.fixture
    def client(self, stage: Stage) -> Host:
        """The host `client`, with nothing but the submission on it."""
        return stage.client

    @pytest.fixture
    def peer(self, stage: Stage) -> Peer:
        """Our own host on the same network, without a connection."""
        return stage.peer

    @pytest.fixture
    def port(self, request: pytest.FixtureRequest) -> int:
        """A port for this check alone, as is the one 50 above: no TIME_WAIT ever holds it."""
        return self._choice.ports[0] + self._order.index(self._checks[request.node.nodeid].name)

    @pytest.fixture
    def seed(self, request: pytest.FixtureRequest) -> Draws:
        """Chance for this check: the same for the same --seed, whatever else runs."""
        return self._choice.seed.draws(self._checks[request.node.nodeid].name)

    @pytest.fixture
    def personal(self) -> Values:
        """The values of this submission's student; without any the check is not there."""
        assert self._choice.personal is not None
        return self._choice.personal

    @pytest.fixture
    def impair(self, stage: Stage, seed: Draws) -> Impair:
        """A bad network, the same for the same seed as far as packets come in the same order."""

        def begin(words: str, *, at: Host | None = None) -> AbstractContextManager[None]:
            name = at.name if at else "server"
            return stage.impair(words, at=name, seed=seed.number(0, 9999))

        return begin

    @pytest.fixture
    def packets(self, server: Host) -> Iterator[Capture]:
        """Every frame that the server's host sends or receives during the check."""
        with server.capture() as capture:
            yield capture


def _asks_for_values(item: pytest.Item) -> bool:
    return "personal" in getattr(item, "fixturenames", ())


def _read_check(item: pytest.Item, *, visible: Path) -> Check:
    function = getattr(item, "function", None)
    if function is None:
        raise GraderError(f"{item.nodeid} is no check: checks are functions")
    points = item.get_closest_marker("points")
    if points is None or len(points.args) != 1 or not isinstance(points.args[0], int):
        raise GraderError(f"{item.nodeid} needs @pytest.mark.points(n)")
    limit = item.get_closest_marker("limit")
    return Check(
        name=check_name(item.name),
        title=read_title(function),
        points=points.args[0],
        requires=tuple(name for marker in item.iter_markers("requires") for name in marker.args),
        hidden=item.path.parent != visible,
        limit_s=float(limit.args[0]) if limit else CHECK_LIMIT_S,
    )
