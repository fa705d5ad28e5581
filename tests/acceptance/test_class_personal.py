"""Values of each student's own: who has them gets the points, who has another's is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.class_runs import finish, hand_in, rows, start
from acceptance.grading import scripts_grade
from grader.personal import Values, values_of

SECRET = "not in a shell's history"  # noqa: S105 - of this test
NAME = "client-uses-own-values"


def hand_in_with(folder: Path, student: str, values: Values) -> Path:
    """Make a right submission whose client has these values."""
    submission = hand_in(folder, student)
    client = submission / "client.py"
    own = f'("hello" if len(sys.argv) > 2 else "{values.token} {values.payload}")'
    source = client.read_text()
    for before, after in (
        ("int(sys.argv[2])", f"int(sys.argv[2]) if len(sys.argv) > 2 else {values.port}"),
        ('"hello"', own),
    ):
        assert source.count(before) == 1
        source = source.replace(before, after)
    client.write_text(source)
    return submission


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("personal")
    submissions, home = folder / "submissions", folder / "home"
    home.mkdir()
    own = {name: values_of(name, SECRET) for name in ("own", "copied", "token", "none")}
    hand_in_with(submissions, "own", own["own"])
    hand_in_with(submissions, "copied", own["own"])
    theirs = own["own"]
    hand_in_with(submissions, "token", Values(own["token"].port, theirs.token, theirs.payload))
    hand_in(submissions, "none")
    (folder / "secret").write_text(SECRET)
    words = ("--submissions", str(submissions), "--out", str(folder / "out"), "--lang", "en")
    more = ("--seed", "1", "--jobs", "2", "--personal", f"@{folder}/secret")
    status, said, told = finish(start("lab1", *words, *more, home=home))
    assert status == 1, said + told
    assert "  copied  has the values of own" in said
    return folder


def test_who_has_own_values_gets_the_points_and_who_has_another_s_is_named(graded: Path) -> None:
    found = {row.student: row for row in rows(graded / "out").values()}
    assert {name: (row.earned, row.values_of) for name, row in found.items()} == {
        "own": (21, ""),
        "copied": (20, "own"),
        "token": (20, "own"),
        "none": (20, ""),
    }
    hints = {}
    for name, row in found.items():
        check = row.check(NAME)
        assert check
        hints[name] = check.lesson.hint.en if check.lesson and check.lesson.hint else ""
    assert hints["own"] == ""
    assert hints["copied"] == hints["token"]
    assert "not your values" in hints["copied"]
    assert "your token, a space" in hints["none"]


def test_only_the_teacher_is_told_whose_they_are(graded: Path) -> None:
    out = graded / "out"
    told = "has the values of own"
    assert told in (out / "html" / "index.html").read_text()
    assert told in (out / "lab1.csv").read_text(encoding="utf-8-sig")
    assert told not in (out / "html" / "students" / "copied.html").read_text()


def test_a_student_checks_with_the_three_that_were_handed_out(graded: Path) -> None:
    words = ("lab1", "--submission", str(graded / "submissions" / "own"), "--seed", "1")
    values = str(values_of("own", SECRET))
    done = scripts_grade(*words, "--check", NAME, "--values", values, folder=graded / "home")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2/2" in done.stdout or "2 points" in done.stdout
    without = scripts_grade(*words, "--check", NAME, folder=graded / "home")
    assert without.returncode == 2
