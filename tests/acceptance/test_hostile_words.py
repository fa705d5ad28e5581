"""What hostile programs find, say and bring along: none of it reaches the grader or its reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.grading import REFERENCE, Grading, attack, open_grading, scripts_grade

TREASURE = "5f1c2a: not to be found"
# Out of the checks, the lessons, the reference and the other submission.
NEEDLES = (
    "LONG_REPLY_BYTES",
    "server-joins-characters",
    "saw=Text(",
    "# lab 2 tells why",
    TREASURE,
)
READ_BYTES = 50 << 20  # much less than the image has
# What moves a cursor, colours, reverses or breaks a line: C0 and C1 controls, separators, bidi.
STEERS = {chr(code) for code in (*range(32), *range(127, 160), 0x2028, 0x202E)} - {"\n"}


@pytest.fixture(scope="module")
def grading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grading]:
    with open_grading(tmp_path_factory.mktemp("home")) as opened:
        yield opened


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home for a grader, where it may leave nothing."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def searcher(tmp_path: Path) -> Path:
    submission = attack("searches-files", tmp_path, needles=[each[::-1] for each in NEEDLES])
    for right in submission.glob("right_*.py"):  # the reference is not to be found in itself
        right.unlink()
    for program in ("server", "client"):
        (submission / f"{program}.py").write_text("import attack\n")
    return submission


def test_no_check_reference_or_other_submission_is_found(
    searcher: Path, grading: Grading, tmp_path: Path
) -> None:
    other = attack("leaves-daemons", tmp_path)
    (other / "own.py").write_text(f"# {TREASURE}\n")
    assert grading.grade(other, "server-answers", "client-sends-line").errors == []
    printed = grading.run(searcher, "python3", "attack.py")
    assert "found" not in printed
    assert int(printed.split()[1]) > READ_BYTES
    report = grading.grade(searcher, "server-listens", "client-sends-line")
    assert (report.errors, report.earned, report.exit_status) == ([], 0, 1)
    assert TREASURE not in report.text
    assert grading.grade(REFERENCE).exit_status == 0


def test_search_finds_what_is_there(searcher: Path, grading: Grading) -> None:
    (searcher / "own.py").write_text(f"# {TREASURE}\n")
    assert f"found {TREASURE} in /lab/own.py" in grading.run(searcher, "python3", "attack.py")


@pytest.mark.parametrize(("language", "total"), [("en", "1 of 20 points."), ("zh", "得分 1/20。")])
def test_forged_results_are_only_quoted(
    language: str, total: str, home: Path, tmp_path: Path
) -> None:
    submission = attack("prints-forged-results", tmp_path)
    done = scripts_grade("lab1", "--submission", str(submission), "--lang", language, folder=home)
    assert done.returncode == 1
    assert not STEERS & set(done.stdout + done.stderr)
    lines = done.stdout.splitlines()
    assert lines.count(total) == 1
    assert len([line for line in lines if line.startswith("✔")]) == 1  # it does listen
    assert not [line for line in lines if "1000/1000" in line and line.startswith("✔")]
    assert list(home.iterdir()) == []


def test_forged_answers_earn_nothing(grading: Grading, tmp_path: Path) -> None:
    report = grading.grade(attack("prints-forged-results", tmp_path))
    assert (report.errors, report.passed, report.exit_status) == ([], {"server-listens"}, 1)
    assert grading.grade(REFERENCE).exit_status == 0


def test_modules_beside_a_program_are_not_the_graders(home: Path, tmp_path: Path) -> None:
    submission = attack("brings-modules", tmp_path)
    before = sorted(submission.rglob("*"))
    done = scripts_grade("lab1", "--submission", ".", folder=home, cwd=submission)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(home.iterdir()) == []
    assert sorted(submission.rglob("*")) == before


def test_socket_module_is_named_as_the_reason(home: Path, tmp_path: Path) -> None:
    submission = attack("brings-socket-module", tmp_path)
    done = scripts_grade("lab1", "--submission", ".", "--lang", "en", folder=home, cwd=submission)
    assert done.returncode == 1
    assert "your file socket.py" in done.stdout
    assert "\n0 of 20 points.\n" in done.stdout
    assert list(home.iterdir()) == []
