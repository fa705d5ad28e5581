"""Programs that attack: each gets a normal report, and the next submission its full marks."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from acceptance.grading import REFERENCE, Grading, attack, open_grading, scripts_grade

BOTH, SERVER = ("server", "client"), ("server",)
FEW = ("server-answers", "client-prints-reply")
# So many on one host that what each leaves behind would not fit into it together.
SEVERAL = ("server-closes", "server-counts-bytes", "server-takes-telnet", "server-waits-for-line")
CLIENT_ONLY = range(7, 8)  # points of the checks that need client.py alone


@dataclass(frozen=True)
class Attack:
    """A folder of hostile/, the programs that begin with its attack.py, and what they may earn."""

    name: str
    programs: tuple[str, ...] = BOTH
    checks: tuple[str, ...] = ()  # those graded, with what they require; none: all
    earns: range | None = None  # None: all there is, as nothing but the attack is wrong


ATTACKS = (
    # Beside the attack these do what is right: it costs nothing, and gains nothing.
    Attack("brings-modules", ()),
    Attack("kills-processes", checks=FEW),
    Attack("leaves-daemons"),
    Attack("leaves-shared-memory", checks=SEVERAL),
    Attack("ignores-signals", checks=("server-answers", "client-ends")),
    Attack("binds-ports"),
    Attack("fills-disks", checks=FEW),
    Attack("fills-file-table", checks=FEW),
    Attack("opens-sockets", checks=FEW),
    # These are in their own way, which is nobody else's fault.
    Attack("floods-network", checks=FEW, earns=range(5)),
    Attack("prints-without-end", earns=range(20)),
    # These do nothing else.
    Attack("brings-socket-module", earns=range(1)),
    Attack("crashes", earns=range(1)),
    Attack("fills-memory", SERVER, earns=CLIENT_ONLY),
    Attack("fork-bomb", SERVER, earns=CLIENT_ONLY),
    Attack("never-ends", BOTH, ("server-listens", "client-sends-line"), earns=range(1)),
    Attack("stops-itself", SERVER, ("server-listens", "client-ends"), earns=range(2, 3)),
)


@pytest.fixture(scope="module")
def grading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grading]:
    with open_grading(tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture
def _next_is_graded(grading: Grading) -> Iterator[None]:
    """After the test the reference gets its full marks in the same sandbox."""
    yield
    report = grading.grade(REFERENCE)
    assert (report.errors, report.earned, report.exit_status) == ([], report.possible, 0)


@pytest.mark.usefixtures("_next_is_graded")
@pytest.mark.parametrize("case", ATTACKS, ids=lambda case: case.name)
def test_gets_a_normal_report(case: Attack, grading: Grading, tmp_path: Path) -> None:
    submission = attack(case.name, tmp_path, *case.programs, addresses=dict(grading.addresses))
    report = grading.grade(submission, *case.checks)
    assert report.errors == []
    expected = case.earns or range(report.possible, report.possible + 1)
    assert report.earned in expected
    assert report.exit_status == (0 if report.earned == report.possible else 1)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("binds-ports", "holds "),
        ("fills-disks", "/lab: 63 MiB"),
        ("fills-file-table", "1020 descriptors"),
        ("floods-network", "sent "),
        ("leaves-daemons", "holds 40 ports"),
        ("leaves-shared-memory", "2 segments"),
        ("opens-sockets", " sockets"),
    ],
)
def test_attack_does_what_it_says(
    name: str, printed: str, grading: Grading, tmp_path: Path
) -> None:
    submission = attack(name, tmp_path, addresses=dict(grading.addresses))
    assert printed in grading.run(submission, "python3", "attack.py", until=printed)


def test_processes_of_others_are_out_of_reach(grading: Grading, tmp_path: Path) -> None:
    submission = attack("kills-processes", tmp_path)
    attempts, tried = grading.run(submission, "python3", "attack.py").rsplit("\n", 2)[:2]
    assert "done" not in attempts
    assert int(tried.split()[1]) > 25


def test_addresses_of_others_cannot_be_taken(grading: Grading, tmp_path: Path) -> None:
    submission = attack("binds-ports", tmp_path, addresses=dict(grading.addresses))
    printed = grading.run(submission, "python3", "attack.py", until="holds")
    taken = {line for line in printed.splitlines() if line.startswith("took")}
    assert taken == {f"took {grading.addresses['server']}"}


def test_a_new_process_grades_as_if_nothing_had_happened(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    done = scripts_grade(
        "lab1", "--submission", str(REFERENCE), "--json", str(report), folder=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == [report.name]
