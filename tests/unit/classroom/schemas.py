"""What readers of exported files expect, as JSON schemas; from their documentation.

Gradescope: autograders' specification, results.json. Classroom 50: schema classroom50/result/v1.
check50: `check50 --output json`, and its results as API.
"""

from typing import Any

TEXT = {"type": "string"}
NUMBER = {"type": "number"}
FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
WHOLE = {"type": "integer", "minimum": 0}


def object_of(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def list_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


GRADESCOPE = object_of(
    {
        "score": NUMBER,
        "execution_time": NUMBER,
        "output": TEXT,
        "output_format": FORMAT,
        "test_output_format": FORMAT,
        "test_name_format": FORMAT,
        "visibility": VISIBILITY,
        "stdout_visibility": VISIBILITY,
        "extra_data": {"type": "object"},
        "leaderboard": list_of({"type": "object"}),
        "tests": list_of(
            object_of(
                {
                    "score": NUMBER,
                    "max_score": NUMBER,
                    "status": {"enum": ["passed", "failed"]},
                    "name": TEXT,
                    "name_format": FORMAT,
                    "number": TEXT,
                    "output": TEXT,
                    "output_format": FORMAT,
                    "tags": list_of(TEXT),
                    "visibility": VISIBILITY,
                    "extra_data": {"type": "object"},
                },
                "score",
                "max_score",
            )
        ),
    },
    "score",
)

CLASSROOM50 = object_of(
    {
        "schema": {"const": "classroom50/result/v1"},
        "classroom": TEXT,
        "assignment": TEXT,
        "assignment_type": {"enum": ["individual", "group"]},
        "owner": TEXT,
        "submission": {"type": "string", "pattern": "^submit/"},
        "commit": TEXT,
        "release": TEXT,
        "review": TEXT,
        "datetime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
        "score": WHOLE,
        "max-score": WHOLE,
        "graded_at": TEXT,
        "submitted_by": object_of({"username": TEXT, "id": WHOLE}),
        "tests": list_of(
            {
                "type": "object",
                "properties": {
                    "test-name": TEXT,
                    "passed": {"type": "boolean"},
                    "score": WHOLE,
                    "max-score": WHOLE,
                },
                "required": ["test-name", "passed", "score", "max-score"],
            }
        ),
    },
    *("schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit"),
    *("release", "review", "datetime", "score", "max-score", "tests"),
)

_CHECK50_RESULT = object_of(
    {
        "name": {"type": "string", "pattern": r"^\w+$"},
        "description": TEXT,
        "passed": {"enum": [True, False, None]},
        "log": list_of(TEXT),
        "cause": {
            "anyOf": [
                {"type": "null"},
                {"type": "object", "required": ["rationale"], "properties": {"rationale": TEXT}},
            ]
        },
        "data": {"type": "object"},
        "dependency": {"type": ["string", "null"]},
    },
    *("name", "description", "passed", "log", "cause", "data", "dependency"),
)
CHECK50 = {
    "oneOf": [
        object_of(
            {"slug": TEXT, "version": TEXT, "results": list_of(_CHECK50_RESULT)},
            *("slug", "version", "results"),
        ),
        object_of(
            {
                "slug": TEXT,
                "version": TEXT,
                "error": {"type": "object", "required": ["type", "value", "traceback", "data"]},
            },
            *("slug", "version", "error"),
        ),
    ]
}

BY_FORMAT = {"gradescope": GRADESCOPE, "classroom50": CLASSROOM50, "check50": CHECK50}
