"""What a document shows of a terminal, and whether a terminal shows that. Pure.

A fenced block of the kind `console` is a terminal as its reader sees it:

    $ command                    typed on the reader's machine, in the project's folder
    client:/lab$ command         typed on that host of the lab, in that folder; root's prompt has #
    > the command's next line
    what it prints               each line as it is
    …                            any number of lines, or any text within a line

The lines below a command are all that it prints. A command with none may print anything, and has to
end with status 0. What a reader types into running programs is shown by them as well; a comment
right before the block says which lines that are, ^D for the end of the input:

    <!-- typed: hello | exit | ^D -->

A block of the kind `wire` is a picture that the wire draws of a conversation:
its times, its ports from 10000 on and its numbers of conversations are one run's and may differ. So
is what stands between: the segments of the two hosts come in the picture's order, and so do the
calls on each of them. What the wire says once, or of a call that waits for long, is left out.
So are, in both kinds, dates as time.ctime() writes them: Sat Nov 28 10:42:09 2026.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

_FENCE = re.compile(r"^(`{3,})(\w*)$")
_PROMPT = re.compile(r"^(?:(?P<host>[a-z]+):(?P<folder>[/~]\S*)[$#]|\$) (?P<text>.+)$")
_MORE = "> "
_ANY = "…"
_TYPED = re.compile(r"^<!-- typed: (.+) -->$")
END_OF_INPUT = "^D"
_OF_ONE_RUN = re.compile(r"\d+\.\d{3}\b|(?<=:)\d{5}\b|(?<=port )\d{5}\b|#\d+")
# `client ●  connect(3, server:8080) = 0` on the left, `● server  accept(3) = 4` on the right.
_CALL = re.compile(r" *…  (?:#\S+|…)? *(?:(?P<left>\S+) ●|● \S+) ")
_WAITED = re.compile(r" +(?:after [\d.…]+ s|用时 [\d.…]+ 秒)$")
# Said once, below what it explains; said of a call that waits, if it waits for long.
_NOT_COMPARED = re.compile(r" {10,}\^ |.* ● .*… (?:waits|等待中)$")
_DATE = re.compile(r"\b[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\b")


class DocumentError(Exception):
    """The document is not written as this module says; names the line."""


@dataclass(frozen=True)
class Command:
    """What is typed at `host`'s prompt (None: the reader's machine), and the lines it prints.

    `line` is where the document has it, counted from 1. `typed` is what is typed into it while it
    runs, each with how many lines of `output` come before.
    """

    line: int
    host: str | None
    folder: str
    text: str
    output: tuple[str, ...] = ()
    typed: tuple[tuple[int, str], ...] = ()

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"

    def shown_before(self, typed: tuple[int, str]) -> tuple[str, ...]:
        """The lines that are on the screen when this is typed; the last may be a prompt."""
        place, text = typed
        prompt = "" if text == END_OF_INPUT else self.output[place].removesuffix(text).rstrip()
        return (*self.output[:place], prompt) if prompt else self.output[:place]


@dataclass(frozen=True)
class Picture:
    """What the wire has drawn when all the blocks above have been gone through."""

    line: int
    rows: tuple[str, ...]


Block = tuple[Command, ...] | Picture


def read_blocks(document: str) -> tuple[Block, ...]:
    """Find the blocks of a Markdown document; raises DocumentError."""
    blocks: list[Block] = []
    fence, kind, start = "", "", 0
    inside: list[str] = []
    typed: list[str] = []
    for number, line in enumerate(document.splitlines(), start=1):
        mark = _FENCE.match(line.strip())
        if not fence and (comment := _TYPED.match(line.strip())):
            typed = [text.strip() for text in comment[1].split(" | ")]
        if not fence and mark:
            fence, kind, start, inside = mark[1], mark[2], number, []
        elif mark and mark[1] == fence and not mark[2]:
            if kind == "console":
                blocks.append(_mark_typed(_read_commands(inside, start), typed))
                typed = []
            elif kind == "wire":
                blocks.append(Picture(line=start, rows=tuple(inside)))
            fence = ""
        else:
            inside.append(line.rstrip())
    if fence:
        raise DocumentError(f"line {start}: a fenced block without an end")
    return tuple(blocks)


def is_shown(output: tuple[str, ...], seen: str, *, has_ended: bool) -> bool:
    """Does a terminal show what the document says? A command that goes on may print more later."""
    pattern = "".join(_pattern(_undated(line)) for line in output)
    lines = (_undated(line.rstrip()) for line in seen.strip("\n").splitlines())
    match = re.fullmatch if has_ended else re.match
    return match(pattern, "".join(f"{line}\n" for line in lines)) is not None


def is_drawn(rows: tuple[str, ...], drawn: str) -> bool:
    """Has the wire drawn this picture, but for what is one run's?"""
    wanted, seen = _by_kind(rows), _by_kind(drawn.splitlines())
    return all(f"\n{wanted[kind]}\n" in f"\n{seen[kind]}\n" for kind in wanted if wanted[kind])


def _by_kind(rows: Sequence[str]) -> dict[str, str]:
    """The rows of segments, and of the calls on either side of them, without what is one run's."""
    kinds: dict[str, list[str]] = {"segments": [], "left": [], "right": []}
    texts = [_OF_ONE_RUN.sub(_ANY, _undated(row.rstrip())) for row in rows]
    texts = [text for text in texts if not _NOT_COMPARED.match(text)]
    for text, next_text in zip(texts, [*texts[1:], ""], strict=True):
        if call := _CALL.match(text):
            kinds["left" if call["left"] else "right"].append(_WAITED.sub("", text))
        elif text or not _CALL.match(next_text):  # an empty row belongs to what begins below it
            kinds["segments"].append(text)
    return {kind: _spaced("\n".join(lines)) for kind, lines in kinds.items()}


def _read_commands(lines: list[str], start: int) -> tuple[Command, ...]:
    commands: list[Command] = []
    for number, line in enumerate(lines, start=start + 1):
        if prompt := _PROMPT.match(line):
            folder = prompt["folder"] or "."
            commands.append(Command(number, prompt["host"], folder, prompt["text"]))
            continue
        if not commands:
            raise DocumentError(f"line {number}: a console block begins with a prompt")
        last = commands.pop()
        text, output = last.text, (*last.output, line)
        if line.startswith(_MORE) and not last.output:
            text, output = f"{last.text}\n{line.removeprefix(_MORE)}", ()
        commands.append(Command(last.line, last.host, last.folder, text, output))
    if not commands:
        raise DocumentError(f"line {start}: an empty console block")
    return tuple(commands)


def _mark_typed(commands: tuple[Command, ...], typed: Sequence[str]) -> tuple[Command, ...]:
    """Find each typed text in the output of the block's commands, in their order."""
    rest = list(typed)
    marked = []
    for command in commands:
        found: list[tuple[int, str]] = []
        for place, line in enumerate(command.output):
            if rest and (line == rest[0] or line.endswith(f" {rest[0]}")):
                found.append((place, rest.pop(0)))
                if rest and rest[0] == END_OF_INPUT:
                    found.append((place + 1, rest.pop(0)))
        marked.append(replace(command, typed=tuple(found)))
    if rest:
        raise DocumentError(f"line {commands[0].line}: typed, but not in the block: {rest[0]}")
    return tuple(marked)


def _pattern(line: str) -> str:
    if line.strip() == _ANY:
        return r"(?:.*\n)*?"
    return "[^\n]*?".join(re.escape(part) for part in line.split(_ANY)) + "\n"


def _undated(text: str) -> str:
    return _DATE.sub("(date)", text)


def _spaced(text: str) -> str:
    return re.sub(r" +", " ", text)  # columns move with the width of a number
