"""The repository itself: its shape, its pages, its files."""

import re
import subprocess
from pathlib import Path

import pytest

from acceptance.compose import ROOT, labs
from repo.tree import lab_table, local_links, named_within, tree_names

# The people who asked for this project fixed its top level; besides it, only dotfiles.
TOP_LEVEL = {
    *("compose.yaml", "images", "labs", "scripts", "tests"),
    *("README.md", "README.zh-CN.md", "pyproject.toml", "LICENSE"),
}
READMES = ("README.md", "README.zh-CN.md")
MOST_LINES = 300
# Not code: pages, what a tool made, what another program printed.
NOT_CODE = re.compile(r"\.md$|requirements\.txt$|tests/[^/]+/mistakes/")
# Kept byte by byte: encodings and line ends are the point of some.
NOT_TEXT = re.compile(r"\.(png|pcap)$|tests/[^/]+/(mistakes|correct|hostile)/")
# Places that only the machine has on which this was made; the brackets keep this file out of it.
DEVELOPMENT = re.compile(r"/[w]ork/|/tmp/[b]rief|issues [s]how")


def files() -> list[str]:
    """Every file that is, or is about to be, in the repository."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    names = done.stdout.decode().split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


def text_files() -> dict[str, str]:
    return {name: (ROOT / name).read_text() for name in files() if not NOT_TEXT.search(name)}


@pytest.fixture(params=READMES)
def readme(request: pytest.FixtureRequest) -> str:
    return (ROOT / str(request.param)).read_text()


def test_the_top_level_is_the_fixed_one() -> None:
    present = {name.split("/")[0] for name in files()}
    assert {name for name in present if not name.startswith(".")} == TOP_LEVEL


def test_the_tree_of_the_readme_is_the_disk(readme: str) -> None:
    names = tree_names(readme)
    folders = {name for name in TOP_LEVEL if (ROOT / name).is_dir()}
    assert names == ["compose.yaml", *sorted(f"{folder}/" for folder in folders)]


@pytest.mark.parametrize("folder", ["images/", "tests/"])
def test_the_tree_names_each_folder(readme: str, folder: str) -> None:
    said = set(re.findall(r"[\w-]+", named_within(readme, folder)))
    present = {name.split("/")[1] for name in files() if name.startswith(folder)}
    present = {name for name in present if (ROOT / folder / name).is_dir()}
    assert {re.sub(r"\d+$", "N", name) for name in present} <= said


def test_the_tree_names_each_script(readme: str) -> None:
    said = set(re.findall(r"[\w-]+", named_within(readme, "scripts/")))
    verbs = {
        path.name for path in (ROOT / "scripts").iterdir() if path.is_file() and not path.suffix
    }
    assert verbs <= said
    assert {word for word in said if (ROOT / "scripts" / word).exists()} == verbs


@pytest.mark.parametrize("name", READMES)
def test_the_table_of_labs_is_the_disk(name: str) -> None:
    rows = lab_table((ROOT / name).read_text())
    assert rows == [(lab.name, f"labs/{lab.name}/{name}") for lab in labs(ROOT)]


def test_every_link_leads_to_a_file() -> None:
    broken = [
        (name, link)
        for name, text in text_files().items()
        if name.endswith(".md")
        for link in local_links(text)
        if not ((ROOT / name).parent / link).exists()
    ]
    assert broken == []


def test_every_page_exists_in_both_languages() -> None:
    pages = {name.replace(".zh-CN.md", ".md") for name in text_files() if name.endswith(".md")}
    for page in pages:
        headings = [
            re.findall(r"^#+ ", (ROOT / one).read_text(), re.MULTILINE)
            for one in (page, page.replace(".md", ".zh-CN.md"))
        ]
        assert headings[0] == headings[1], page


def test_no_file_is_long() -> None:
    lengths = {
        name: text.count("\n") for name, text in text_files().items() if not NOT_CODE.search(name)
    }
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_file_is_a_symbolic_link() -> None:
    """Where there are none, as in a checkout on Windows, it would be a file that holds a path."""
    assert [name for name in files() if (ROOT / name).is_symlink()] == []


def test_every_text_file_has_unix_line_ends() -> None:
    assert [name for name, text in raw_files().items() if b"\r" in text] == []


def test_every_text_file_ends_with_one_line_end() -> None:
    wrong = [
        name
        for name, text in raw_files().items()
        if text and (not text.endswith(b"\n") or text.endswith(b"\n\n"))
    ]
    assert wrong == []


def raw_files() -> dict[str, bytes]:
    return {name: (ROOT / name).read_bytes() for name in text_files()}


def test_no_file_speaks_of_the_machine_it_was_made_on() -> None:
    assert [name for name, text in text_files().items() if DEVELOPMENT.search(text)] == []


def test_every_script_can_be_run_and_helps() -> None:
    for path in sorted((ROOT / "scripts").iterdir()):
        if path.is_file() and not path.suffix:
            assert is_executable(path), path
            done = subprocess.run([path, "-h"], capture_output=True, text=True, check=False)
            assert done.returncode == 0, (path, done.stderr)
            assert path.name in done.stdout


def is_executable(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o111)
