import pytest

from repo.documents import Command, DocumentError, Picture, is_drawn, is_shown, read_blocks

FENCE = "```"
SAMPLE = f"""\
# A handout

{FENCE}console
$ docker compose up lab1
…
lab1-1  | ready
client:/lab$ python3 -c '
> print(1)'
1
{FENCE}

{FENCE}python
$ not a command
{FENCE}

{FENCE}wire
   0.000  #1  client ──▶ server  SYN
{FENCE}
"""


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (f"{FENCE}console\n$ ls\n", "line 1: a fenced block without an end"),
        (f"a\n{FENCE}console\nhello\n{FENCE}\n", "line 3: a console block begins with a prompt"),
        (f"{FENCE}console\n{FENCE}\n", "line 1: an empty console block"),
        (f"<!-- typed: x -->\n{FENCE}console\n$ nc\ny\n{FENCE}\n", "line 3: typed, but not .*: x"),
    ],
    ids=["no-end", "no-prompt", "empty", "typed"],
)
def test_a_broken_document_is_refused(document: str, says: str) -> None:
    with pytest.raises(DocumentError, match=says):
        read_blocks(document)


def test_blocks_are_found_in_their_order() -> None:
    commands, picture = read_blocks(SAMPLE)
    assert commands == (
        Command(4, None, ".", "docker compose up lab1", ("…", "lab1-1  | ready")),
        Command(7, "client", "/lab", "python3 -c '\nprint(1)'", ("1",)),
    )
    assert picture == Picture(16, ("   0.000  #1  client ──▶ server  SYN",))


def test_a_prompt_of_root_is_one_and_a_comment_is_none() -> None:
    (commands,) = read_blocks(f"{FENCE}console\nclient:/lab# id -u\n0\n# no prompt\n{FENCE}\n")
    assert commands == (Command(2, "client", "/lab", "id -u", ("0", "# no prompt")),)


def test_a_quoted_line_of_output_is_not_a_part_of_the_command() -> None:
    (commands,) = read_blocks(f"{FENCE}console\n$ cat mail\nhello\n> quoted\n{FENCE}\n")
    assert commands == (Command(2, None, ".", "cat mail", ("hello", "> quoted")),)


def test_what_is_typed_waits_for_what_stands_before_it() -> None:
    text = (
        f"<!-- typed: hello | ^D | hi -->\n{FENCE}console\n$ nc a\nready\nyou: hello\n$ nc b\nhi\n"
    )
    block, other = read_blocks(f"{text}{FENCE}\n{FENCE}console\n$ hi\nhi\n{FENCE}\n")
    assert isinstance(block, tuple)
    assert isinstance(other, tuple)
    first, second = block
    assert other[0].typed == ()
    assert first.typed == ((1, "hello"), (2, "^D"))
    assert [first.shown_before(each) for each in first.typed] == [
        ("ready", "you:"),
        ("ready", "you: hello"),
    ]
    assert second.typed == ((0, "hi"),)
    assert second.shown_before(second.typed[0]) == ()


@pytest.mark.parametrize(
    ("output", "seen"),
    [
        (("one",), "two\n"),
        (("one",), "one\ntwo\n"),
        (("one", "two"), "two\none\n"),
        (("one", "two"), "one\n"),
        (("in … s",), "in 5 s\nmore\n"),
        (("a.c",), "abc\n"),
    ],
    ids=["other", "more", "order", "less", "lines", "literal"],
)
def test_another_output_is_seen(output: tuple[str, ...], seen: str) -> None:
    assert not is_shown(output, seen, has_ended=True)


@pytest.mark.parametrize(
    ("output", "seen"),
    [
        (("one", "two"), "one  \ntwo"),
        (("one", "…"), "one\n"),
        (("one", "…"), "one\ntwo\nthree\n"),
        (("…", "three"), "\none\ntwo\nthree\n"),
        (("in … s: …",), "in 5 s: fine\n"),
        (("one", "", "two"), "one\n\ntwo\n"),
    ],
    ids=["spaces", "none", "some", "end", "within", "blank"],
)
def test_the_same_output_is_seen(output: tuple[str, ...], seen: str) -> None:
    assert is_shown(output, seen, has_ended=True)


def test_a_command_that_goes_on_may_have_printed_more() -> None:
    assert is_shown(("one",), "one\ntwo\n", has_ended=False)
    assert not is_shown(("two",), "one\ntwo\n", has_ended=False)


def test_times_ports_and_conversations_of_a_picture_may_differ() -> None:
    rows = ("#1  TCP  client:45128 ─── server:8080", "   0.000  #1  client ──▶ server  SYN")
    drawn = "\n#12  TCP  client:39172 ─── server:8080\n   0.007  #12  client ──▶ server  SYN\n\n"
    assert is_drawn(rows, drawn)


def test_a_date_may_differ() -> None:
    said, seen = "[Sat Nov 28 10:42:09 2026] hello", "[Tue Dec  1 09:07:00 2026] hello"
    assert is_shown((said,), f"{seen}\n", has_ended=True)
    assert is_drawn((said,), seen)
    assert not is_shown((said,), "[10:42:09] hello\n", has_ended=True)


@pytest.mark.parametrize(
    "drawn",
    [
        "#1  TCP  client:45128 ─── server:9000\n   0.000  #1  client ──▶ server  SYN\n",
        "#1  TCP  client:45128 ─── server:8080\n   0.000  #1  client ──▶ server  SYN-ACK\n",
        "#1  TCP  client:45128 ─── server:8080\n\n   0.000  #1  client ──▶ server  SYN\n",
    ],
    ids=["port", "flags", "row-between"],
)
def test_another_picture_is_seen(drawn: str) -> None:
    rows = ("#1  TCP  client:45128 ─── server:8080", "   0.000  #1  client ──▶ server  SYN")
    assert not is_drawn(rows, drawn)


TRACED = """\
   0.000      client ●           connect(3, server:8080) = 0

#1  TCP  client:45128 ─── server:8080
   0.000  #1  client ──▶ server  SYN
   0.000  #1  client ◀── server  SYN-ACK
              ^ said once
   0.000  #1           ● server  accept(3) = 4 client:45128  after 2.02 s
   0.001  #1  client ●           send(3, "hello\\n") = 6
   0.001  #1           ● server  recv(4, 1024) = 6 "hello\\n"
"""


def test_calls_may_stand_elsewhere_between_the_segments() -> None:
    first, empty, head, syn, answer, _, accept, send, receive = TRACED.splitlines()
    at_once = accept.removesuffix("  after 2.02 s").replace("45128", "40000")
    drawn = ["", first, accept, send, empty, head, syn, at_once, receive, answer]
    assert is_drawn((first, empty, head, syn, accept, answer, send, receive), "\n".join(drawn))


@pytest.mark.parametrize("missing", ["connect", "SYN-ACK", "accept", "recv"])
def test_every_row_of_a_picture_is_looked_for(missing: str) -> None:
    rows = tuple(TRACED.splitlines())
    drawn = [row for row in rows if missing not in row]
    assert is_drawn(rows, TRACED)
    assert not is_drawn(rows, "\n".join(drawn))


def test_calls_of_each_host_have_their_order() -> None:
    *rest, accept, send, receive = TRACED.splitlines()
    assert not is_drawn((*rest, receive, send, accept), TRACED)
