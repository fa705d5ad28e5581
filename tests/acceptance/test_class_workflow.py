"""The workflow for GitHub Actions: what it types is typed here."""

import json
import shutil
import subprocess
from pathlib import Path

import jsonschema
import yaml

from acceptance.compose import ROOT
from acceptance.grading import REFERENCE, environment
from unit.classroom.schemas import CLASSROOM50

WORKFLOW = yaml.safe_load((ROOT / "tests" / "github-workflow.yml").read_text())
TOLD = {
    "CLASSROOM": "networks",
    "ASSIGNMENT": "hello",
    "USERNAME": "li-si",
    "SUBMISSION_TAG": "submit/2026-11-28",
    "COMMIT_URL": "https://example.org/commit/1",
}


def test_the_step_that_grades_writes_what_classroom50_takes(tmp_path: Path) -> None:
    (step,) = (one for one in WORKFLOW["jobs"]["grade"]["steps"] if one.get("name") == "grade")
    (tmp_path / "socklab").symlink_to(ROOT)
    shutil.copytree(REFERENCE, tmp_path / "submissions" / "student")
    (tmp_path / "home").mkdir()
    subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=tmp_path,
        env=environment(tmp_path / "home") | WORKFLOW["env"] | TOLD,
        check=True,
    )
    document = json.loads((tmp_path / "result.json").read_text())
    jsonschema.validate(document, CLASSROOM50)
    assert (document["owner"], document["classroom"]) == ("li-si", "networks")
    assert document["score"] == document["max-score"] > 0
    assert list((tmp_path / "grades").glob("*.junit.xml"))


def test_each_step_of_ours_names_a_script_that_is_there() -> None:
    ran = " ".join(one.get("run", "") for one in WORKFLOW["jobs"]["grade"]["steps"])
    scripts = {word.removeprefix("socklab/") for word in ran.split() if "scripts/" in word}
    assert scripts == {"scripts/setup", "scripts/grade"}
    assert all((ROOT / script).exists() for script in scripts)
