"""A teacher hands out values: one student's, or the class as a table."""

import csv
from pathlib import Path

import pytest

from grader.__main__ import main
from grader.classroom.roster import Roster, Student
from grader.classroom.whoami import table, tell
from grader.errors import UsageError
from grader.personal import values_of
from unit.test_personal import SECRET

ROSTER = Roster((Student("1001", "Zhang San"), Student("=1"), Student("2", "李四", "A")))


def told(name: str, roster: Roster = ROSTER) -> list[str]:
    return list(tell(name, roster, SECRET, lab="lab1", language="en"))


def test_a_student_by_id_or_name() -> None:
    values = values_of("1001", SECRET)
    assert told("zhang san") == told("1001")
    assert told("1001")[0] == "1001"
    assert told("1001")[-1].endswith(f'scripts/grade lab1 --values "{values}"')


def test_who_is_in_a_group_has_the_group_s() -> None:
    assert told("李四") == told("A")
    assert str(values_of("A", SECRET)) in told("A")[-1]


def test_without_a_roster_a_name_is_taken_as_it_is() -> None:
    assert str(values_of("bob", SECRET)) in told("bob", Roster())[-1]


def test_who_is_not_in_the_roster() -> None:
    with pytest.raises(UsageError, match="no bob"):
        told("bob")


def test_the_class_as_a_table() -> None:
    rows = list(csv.DictReader(table(ROSTER, SECRET)))
    assert [row["id"] for row in rows] == ["1001", "'=1", "2"]
    assert rows[2]["values"] == str(values_of("A", SECRET))
    assert rows[0]["token"] == values_of("1001", SECRET).token


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "secret").write_text(SECRET)
    (tmp_path / "roster.csv").write_text("id,name\n1001,张三\n")
    words = ["lab1", "--personal", f"@{tmp_path}/secret", "--whoami"]
    roster = ["--roster", f"{tmp_path}/roster.csv"]
    assert main([*words, "all", *roster]) == 0
    assert capsys.readouterr().out.startswith("\ufeffid,name,group,port,token,payload,values")
    assert main([*words, "all", "--lang", "en"]) == 2
    assert "--roster FILE" in capsys.readouterr().err
    assert main([*words, "张三", *roster, "--lang", "zh"]) == 0
    assert f"令牌  {values_of('1001', SECRET).token}" in capsys.readouterr().out
