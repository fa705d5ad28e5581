"""Whatever a student reads from the grader exists in both languages."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
GRADER_FILES = sorted(TESTS.glob("grader/**/*.py"))
CHECK_FILES = sorted([*TESTS.glob("lab*/test_*.py"), *TESTS.glob("lab*/hidden/test_*.py")])
LAB_FILES = sorted([*TESTS.glob("lab*/*.py"), *TESTS.glob("lab*/hidden/*.py")])


def faulty_texts(source: str) -> Iterator[str]:
    """Say what is wrong with each Text(...) that is written out in the source."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "Text"
        ):
            said = [*node.args, *(keyword.value for keyword in node.keywords)]
            for problem in problems_of(said):
                yield f"line {node.lineno}: {problem}"


def problems_of(said: list[ast.expr]) -> Iterator[str]:
    if len(said) != 2:
        yield "wants exactly English and Chinese"
        return
    if any(isinstance(part, ast.JoinedStr | ast.BinOp) for part in said):
        yield "is put together: write it out and fill() it, so both languages can be compared"
        return
    if not all(isinstance(part, ast.Constant) for part in said):
        return  # values of a running program
    english, chinese = (str(ast.literal_eval(part)) for part in said)
    if not english.strip() or not chinese.strip():
        yield "one language is empty"
    elif english == chinese:
        yield "both are equal: same() says that this is meant"
    elif has_words(english) and not has_chinese(chinese):
        yield "the second is no Chinese"
    elif has_words(chinese) and not any(char in string.ascii_letters for char in english):
        yield "the first is no English"
    if placeholders(english) != placeholders(chinese):
        yield "the placeholders differ"


def has_chinese(words: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in words)


def has_words(template: str) -> bool:
    """Is there a letter outside of placeholders?"""
    literal = "".join(literal for literal, *_ in string.Formatter().parse(template))
    return any(char.isalpha() for char in literal)


def placeholders(template: str) -> list[tuple[str, str]]:
    parsed = string.Formatter().parse(template)
    return sorted((name, spec or "") for _, name, spec, _ in parsed if name is not None)


def faulty_titles(source: str) -> Iterator[str]:
    """Name each check whose docstring does not begin with English, then Chinese."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            lines = (ast.get_docstring(node) or "").splitlines()
            if len(lines) < 2 or has_chinese(lines[0]) or not has_chinese(lines[1]):
                yield node.name


@pytest.mark.parametrize(
    "source",
    [
        'Text("only")',
        'Text("a", "")',
        'Text("same", "same")',
        'Text("a word", "un mot")',
        'Text("字", "字符")',
        'Text("port {port}", "端口")',
        'Text("port {port}", "端口 {prot}")',
        'Text("{t:g} s", "{t} 秒")',
        'Text(f"port {port}", f"端口 {port}")',
        'Text("a" + b, "字")',
        'Text(en="a", zh="a")',
    ],
)
def test_a_faulty_text_is_found(source: str) -> None:
    assert list(faulty_texts(source))


@pytest.mark.parametrize(
    "source", ['Text("port {p}", "端口 {p}")', "Text(first, second)", 'Text("a" "b", "字" "符")']
)
def test_a_good_text_is_not_called_faulty(source: str) -> None:
    assert list(faulty_texts(source)) == []


@pytest.mark.parametrize(
    "docstring",
    ["", "'''English.'''", "'''English.\n    More English.'''", "'''中文。\n    中文。'''"],
)
def test_a_faulty_title_is_found(docstring: str) -> None:
    assert list(faulty_titles(f"def test_x():\n    {docstring}\n    pass")) == ["test_x"]


@pytest.mark.parametrize("path", [*GRADER_FILES, *LAB_FILES], ids=lambda path: path.stem)
def test_every_text_is_in_both_languages(path: Path) -> None:
    assert list(faulty_texts(path.read_text(encoding="utf-8"))) == []


def test_every_check_has_a_title_in_both_languages() -> None:
    assert CHECK_FILES
    assert {
        path.name: list(faulty_titles(path.read_text(encoding="utf-8"))) for path in CHECK_FILES
    } == {path.name: [] for path in CHECK_FILES}
