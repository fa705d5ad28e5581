"""What a lab still lacks, in words for its author."""

import ast
from collections.abc import Iterator
from pathlib import Path

FEWEST_CHECKS = 10
FEWEST_CORRECT = 5
TODO = "TODO"


def missing_of(root: Path, lab: str) -> list[str]:
    """List what is missing in a lab's folders, each with where it has to go; [] for a whole lab."""
    return [*_missing_in_handouts(root, lab), *_missing_checks(root, lab), *_unwritten(root, lab)]


def check_names(folder: Path) -> list[str]:
    """List the functions that are checks in a folder, not those in folders below it."""
    return [
        node.name
        for path in sorted(folder.glob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def _missing_in_handouts(root: Path, lab: str) -> Iterator[str]:
    commands = (f"docker compose up {lab}", f"scripts/grade {lab}", "docker compose down")
    for name in ("README.md", "README.zh-CN.md"):
        page = root / "labs" / lab / name
        text = page.read_text(encoding="utf-8") if page.exists() else ""
        for command in commands:
            if command not in text:
                yield f"labs/{lab}/{name} does not show: {command}"


def _missing_checks(root: Path, lab: str) -> Iterator[str]:
    tests = root / "tests" / lab
    hidden = check_names(tests / "hidden")
    checks = [*check_names(tests), *hidden]
    if len(checks) < FEWEST_CHECKS:
        yield f"tests/{lab} has {len(checks)} checks, {FEWEST_CHECKS} or more are wanted"
    if not hidden:
        yield f"tests/{lab}/hidden has no check"
    correct = [path for path in tests.glob("correct/*") if any(path.glob("*.py"))]
    if len(correct) < FEWEST_CORRECT:
        yield (
            f"tests/{lab}/correct has {len(correct)} correct programs written in other ways,"
            f" {FEWEST_CORRECT} or more are wanted"
        )
    mistakes = sorted(path for path in tests.glob("mistakes/*") if path.is_dir())
    if len(mistakes) < len(checks):
        yield (
            f"tests/{lab}/mistakes has {len(mistakes)} wrong programs for {len(checks)} checks:"
            " each check needs one that loses it and no other"
        )
    rewrite = f"type: REWRITE_REPORTS=1 .venv/bin/pytest tests/repo/test_lab_scores.py -k {lab}"
    if not (tests / "starter.txt").exists():
        yield f"tests/{lab}/starter.txt, the report of an unedited copy, is missing; {rewrite}"
    for path in mistakes:
        if not any(path.glob("*.py")):
            yield f"tests/{lab}/mistakes/{path.name} has no program"
        if not (path / "report.txt").exists():
            yield f"tests/{lab}/mistakes/{path.name}/report.txt is missing; {rewrite}"
    if not any((root / "tests/acceptance").glob(f"test_{lab}*.py")):
        yield f"tests/acceptance/test_{lab}.py, the lab as a student starts it, is missing"


def _unwritten(root: Path, lab: str) -> Iterator[str]:
    for folder in (root / "labs" / lab, root / "tests" / lab):
        for path in sorted(folder.rglob("*")):
            if path.suffix not in (".md", ".py", ".yaml"):
                continue
            for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                if TODO in line:
                    yield f"{path.relative_to(root)}, line {number}, is still to be written: {line}"
