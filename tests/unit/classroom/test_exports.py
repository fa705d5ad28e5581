"""Each file says what the gradebook says, in the form its reader expects."""

import csv
import io
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from grader.classroom.exports import File, write_exports
from grader.classroom.junit import junit_xml
from grader.classroom.services import check50, classroom50, gradescope, scale_of
from grader.classroom.tables import csv_table, json_document
from grader.classroom.words import file_name
from grader.errors import GraderError
from grader.result_json import read_json
from unit.classroom.samples import LOST, NASTY, ROWS, WHOLE, grades
from unit.classroom.schemas import BY_FORMAT

SERVICES = {"gradescope": gradescope, "classroom50": classroom50, "check50": check50}


def text(file: File) -> str:
    return "".join(file.text)


def documents(name: str) -> dict[str, Any]:
    return {file.path: json.loads(text(file)) for file in SERVICES[name](grades(), "en")}


# A table


def table() -> list[dict[str, str]]:
    (file,) = csv_table(grades(), "en")
    written = text(file)
    assert written.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(written[1:])))


def test_csv_has_a_row_for_each_student_and_a_column_for_each_check() -> None:
    rows = {row["student"]: row for row in table()}
    assert list(rows) == [
        *("张三", LOST.student, "1", "2"),
        *("empty", "spoilt", "half", "nobody", "waiting"),
    ]
    assert rows["张三"]["server-answers"] == "1"
    assert (rows["张三"]["earned"], rows["张三"]["possible"]) == ("2", "3")
    assert rows[LOST.student]["server-closes"] == "0"
    assert rows["2"]["group"] == "A"
    assert rows["张三"]["graded_at"] == "2027-01-15T08:00:00Z"


def test_csv_leaves_empty_what_the_grader_failed_on() -> None:
    rows = {row["student"]: row for row in table()}
    assert (rows["half"]["earned"], rows["half"]["server-closes"]) == ("", "")
    assert rows["spoilt"]["earned"] == rows["waiting"]["earned"] == ""
    assert rows["nobody"]["earned"] == rows["empty"]["earned"] == "0"


def test_csv_holds_no_formula() -> None:
    assert {row["name"] for row in table()} >= {"'=cmd()"}


# For programs


def test_json_holds_the_whole_reports() -> None:
    (file,) = json_document(grades(), "en")
    document = json.loads(text(file))
    back = [each["report"] and read_json(each["report"]) for each in document["submissions"]]
    assert back == [row.report for row in ROWS]
    assert [check["name"] for check in document["checks"]] == [
        *("server-answers", "server-closes", "hidden-one"),
    ]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_gets_what_it_expects(name: str) -> None:
    found = documents(name)
    for document in found.values():
        jsonschema.validate(document, BY_FORMAT[name])
    assert set(found) == {
        f"{name}/{file_name(student)}.json" for student in ("张三", LOST.student, "A", "empty")
    }


@pytest.mark.parametrize("name", BY_FORMAT)
def test_the_schemas_are_schemas_and_refuse_something(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(BY_FORMAT[name])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"score": "1"}, BY_FORMAT[name])


def test_gradescope_adds_up() -> None:
    for document in documents("gradescope").values():
        assert document["score"] == sum(test["score"] for test in document["tests"])
    lost = documents("gradescope")[f"gradescope/{file_name(LOST.student)}.json"]
    assert NASTY in lost["tests"][0]["output"]
    assert lost["tests"][2]["output"] == "A hidden check does not tell what it tried."


def test_classroom50_takes_what_its_environment_says() -> None:
    environment = {
        "CLASSROOM": "net",
        "ASSIGNMENT": "hello",
        "USERNAME": "li",
        "SUBMISSION_TAG": "submit/1",
    }
    (file,) = classroom50(grades(WHOLE), "en", environment)
    document = json.loads(text(file))
    assert (document["classroom"], document["assignment"]) == ("net", "hello")
    assert (document["owner"], document["submission"]) == ("li", "submit/1")
    assert (document["score"], document["max-score"]) == (2, 2)


def test_fractions_become_whole() -> None:
    assert scale_of([1, 2]) == 1
    assert scale_of([0.5, Fraction(1, 3), 1]) == 6
    assert scale_of([]) == 1


def test_check50_says_null_where_a_check_was_not_run() -> None:
    lost = documents("check50")[f"check50/{file_name(LOST.student)}.json"]["results"]
    assert [result["passed"] for result in lost] == [False, None, False]
    assert lost[1]["dependency"] == "server_answers"


# JUnit


def test_junit_is_as_pytest_writes_it() -> None:
    (file,) = junit_xml(grades(), "zh")
    top = ElementTree.fromstring(text(file))  # noqa: S314 - our own
    assert top.tag == "testsuites"
    suites = {suite.get("name"): suite for suite in top}
    assert set(suites) == {row.student for row in ROWS}
    for suite in top:
        assert suite.tag == "testsuite"
        assert {"name", "tests", "failures", "errors", "skipped", "time"} <= set(suite.attrib)
        cases = suite.findall("testcase")
        assert suite.get("tests") == str(len(cases))
        for tag in ("failure", "error", "skipped"):
            marked = suite.findall(f"testcase/{tag}")
            plural = tag if tag == "skipped" else f"{tag}s"
            extra = not cases and tag == "error" and suite.get("errors") == "1"
            assert suite.get(plural) == str(len(marked) + extra)
        for case in cases:
            assert {"classname", "name", "time"} == set(case.attrib)
            assert len(case) <= 1
    failure = suites[LOST.student].find("testcase/failure")
    assert failure is not None
    assert NASTY in (failure.text or "")
    assert (failure.get("message") or "").startswith("实际: ")


def test_junit_survives_what_is_no_character_of_xml() -> None:
    (file,) = junit_xml(grades(replace(WHOLE, student="\x00\x1b\ufffe")), "en")
    ElementTree.fromstring(text(file))  # noqa: S314 - our own


# Files


def test_names_of_files_are_plain_and_differ() -> None:
    assert file_name("张三") == "张三"
    names = {file_name(each) for each in ("a/b", "a\\b", "../a/b", "a b", "", "...")}
    assert len(names) == 6
    assert not [name for name in names if set(name) & set("/\\ ") or name.startswith(".")]


def test_a_folder_of_files_begins_anew(tmp_path: Path) -> None:
    write_exports(grades(), tmp_path, formats=("gradescope",), language="en")
    shown = write_exports(grades(WHOLE), tmp_path, formats=("csv", "gradescope"), language="en")
    assert [path.name for path in (tmp_path / "gradescope").iterdir()] == ["张三.json"]
    assert shown == [tmp_path / "lab1.csv", tmp_path / "gradescope"]


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "lab1.csv").mkdir()
    with pytest.raises(GraderError, match=r"lab1\.csv cannot be written"):
        write_exports(grades(), tmp_path, formats=("csv",), language="en")
    assert [path.name for path in tmp_path.iterdir()] == ["lab1.csv"]
