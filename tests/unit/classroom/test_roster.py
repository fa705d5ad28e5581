"""Who is in the class, and whose a submission is."""

import pytest

from grader.classroom.roster import Roster, Student, read_roster
from grader.errors import UsageError

TABLE = "id,name,group\n2021001,张三,A\n2021002,李四,A\n2021003,Wang Wu,\n"


def roster(text: str = TABLE, encoding: str = "utf-8") -> Roster:
    return read_roster(text.encode(encoding), path="roster.csv")


@pytest.mark.parametrize("text", ["", "\n\n", "id,name\n", ",,\n"])
def test_a_roster_without_students(text: str) -> None:
    with pytest.raises(UsageError, match="names no students"):
        roster(text)


def test_a_student_twice() -> None:
    with pytest.raises(UsageError, match="has A1 twice"):
        roster("id\na1\nA1\n")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_what_spreadsheets_save(encoding: str) -> None:
    assert roster(encoding=encoding).students[0] == Student("2021001", "张三", "A")


@pytest.mark.parametrize(
    "text",
    [
        "学号;姓名;小组\r\n1;张三;A\r\n",
        "姓名\t组别\t学号\n张三\tA\t1\n",
        "1,张三,A\n",
        '"Student ID","Full Name","Group name"\n1,张三,A\n',
    ],
)
def test_titles_in_any_order_or_none(text: str) -> None:
    assert roster(text).students == (Student("1", "张三", "A"),)


def test_a_name_alone_is_the_id_too() -> None:
    assert roster("name\n张三\n").students == (Student("张三", "张三"),)


@pytest.mark.parametrize(
    ("name", "number", "id_"),
    [
        ("2021001", "", "2021001"),
        ("张三", "", "2021001"),
        ("2021001-张三-lab1", "", "2021001"),
        ("lab1_李四", "", "2021002"),
        ("wangwu", "", "2021003"),
        ("wuwang", "", "2021003"),
        ("Wu, Wang", "", "2021003"),
        ("lab1 wang wu final", "", "2021003"),
        ("whoever", "2021002", "2021002"),
    ],
)
def test_whose_it_is(name: str, number: str, id_: str) -> None:
    found = roster().find(name, number)
    assert found
    assert found.id == id_


@pytest.mark.parametrize("name", ["nobody", "张三-李四", "wang", ""])
def test_what_is_unclear_is_nobodys(name: str) -> None:
    assert roster().find(name) is None


def test_groups() -> None:
    assert roster().group("a") == "A"
    assert roster().group("b") is None
    assert [one.id for one in roster().members("A")] == ["2021001", "2021002"]


def test_a_short_id_counts_only_alone() -> None:
    few = roster("id,name\n1,Li Si\n2,Wang Wu\n")
    assert few.find("lab 1") is None
    assert few.find("1") == Student("1", "Li Si")
