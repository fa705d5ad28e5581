"""A new lab's files: lab 1's programs and network, handouts and checks of `template/`."""

import re
import shutil
import string
from collections.abc import Iterator, Mapping
from pathlib import Path

TEMPLATE = Path(__file__).parent / "template"
MODEL, MODEL_PORT, MODEL_NET = "lab1", "8080", "10.207.1"
# What a lab takes over from lab 1: the mistake is that of the template's only check.
TAKEN = (
    "labs/lab1/compose.yaml",
    "labs/lab1/programs/*.py",
    "labs/lab1/reference/*.py",
    "tests/lab1/mistakes/forgets-listen/*.py",
)
PORTS = range(1024, 65536)  # below, a student's program may not bind
TITLE = re.compile(r"[^\n|`]{2,80}")


class WrongUsage(Exception):  # noqa: N818 - the author's mistake, told as it is
    """What was asked for cannot be made; says why and what would do."""


class Words(string.Template):
    """A template whose placeholders are %{name}; a handout's prompts are $."""

    delimiter = "%"


def make_lab(root: Path, *, title: str, title_zh: str, port: int) -> tuple[str, list[str]]:
    """Make the next lab in a project; returns its name and the paths written or changed.

    Raises WrongUsage for a title or a port that will not do, before anything is written.
    """
    for each in (title, title_zh):
        if not TITLE.fullmatch(each):
            raise WrongUsage(f"a title is 2 to 80 characters on one line, without | and `: {each}")
    if port not in PORTS:
        raise WrongUsage(f"--port is a number from {PORTS[0]} to {PORTS[-1]}, not {port}")
    number = 1 + max(int(path.name.removeprefix("lab")) for path in (root / "labs").glob("lab*/"))
    lab = f"lab{number}"
    if (root / "tests" / lab).exists():
        raise WrongUsage(f"tests/{lab} exists already, without labs/{lab}; move it away first")
    words = {"number": str(number), "lab": lab, "port": str(port)}
    words |= {"title": title, "title_zh": title_zh}
    list(_lines(root, words))  # is there a place for each?
    paths = [*_take(root, words), *_fill(root, words), *_add_lines(root, words)]
    return lab, [str(path.relative_to(root)) for path in paths]


def renamed(text: str, words: Mapping[str, str]) -> str:
    """Turn what lab 1 has of its own into the new lab's: name, variable, network, port."""
    number, lab = words["number"], words["lab"]
    text = text.replace(MODEL_PORT, words["port"]).replace(MODEL_NET, f"10.207.{number}")
    text = re.sub(r"\blab1\b", lab, text).replace("LAB1_", f"LAB{number}_")
    text = re.sub(r"\A# Lab 1, .*", f"# Lab {number}, {words['title']}.", text)
    return re.sub(r"\bLab 1\b", f"Lab {number}", text)


def _take(root: Path, words: Mapping[str, str]) -> Iterator[Path]:
    for pattern in TAKEN:
        for path in sorted(root.glob(pattern)):
            text = renamed(path.read_text(encoding="utf-8"), words)
            name = str(path.relative_to(root)).replace(MODEL, words["lab"])
            yield _write(root / name, text)
    # As scripts/setup leaves those of the other labs: students write there from containers.
    owner = (root / "labs" / MODEL / "programs").stat()
    programs = root / "labs" / words["lab"] / "programs"
    if programs.stat().st_uid != owner.st_uid:
        for path in (programs, *programs.iterdir()):
            shutil.chown(path, owner.st_uid, owner.st_gid)


def _fill(root: Path, words: Mapping[str, str]) -> Iterator[Path]:
    for path in sorted(TEMPLATE.glob("*/*.template")):
        folder, name = path.relative_to(TEMPLATE).parts
        text = Words(path.read_text(encoding="utf-8")).substitute(words)
        yield _write(root / folder / words["lab"] / name.removesuffix(".template"), text)


def _add_lines(root: Path, words: Mapping[str, str]) -> Iterator[Path]:
    for path, mark, line in _lines(root, words):
        lines = path.read_text(encoding="utf-8").splitlines()
        place = next(number for number, each in enumerate(lines) if mark in each)
        lines.insert(place + 1, line)
        yield _write(path, "\n".join(lines) + "\n")


def _lines(root: Path, words: Mapping[str, str]) -> Iterator[tuple[Path, str, str]]:
    """Give the lines by which the project knows a lab, each with its file and what stands before.

    Raises WrongUsage where the lab before has none.
    """
    lab, before = words["lab"], f"lab{int(words['number']) - 1}"
    found = [(root / "compose.yaml", f"labs/{before}/", f"  - labs/{lab}/compose.yaml")]
    for name, title in (("README.md", "title"), ("README.zh-CN.md", "title_zh")):
        row = f"| [{lab}](labs/{lab}/{name}) | {words[title]} |"
        found.append((root / name, f"| [{before}](", row))
    for path, mark, line in found:
        if mark not in path.read_text(encoding="utf-8"):
            raise WrongUsage(f"{path.name} has no line for {before}; add that first")
        yield path, mark, line


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
