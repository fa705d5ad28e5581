import pytest

from grader.tracebacks import read_raised

BIND = b"""\
Traceback (most recent call last):
  File "/lab/server.py", line 30, in <module>
    main()
    ~~~~^^
  File "/lab/server.py", line 12, in main
    sock.bind((host, port))
    ~~~~~~~~~^^^^^^^^^^^^^^
OSError: [Errno 98] Address already in use
"""

LIBRARY = b"""\
Traceback (most recent call last):
  File "/lab/client.py", line 7, in <module>
    sock = socket.create_connection((host, port))
  File "/usr/lib/python3.13/socket.py", line 864, in create_connection
    raise exceptions[0]
  File "/usr/lib/python3.13/socket.py", line 849, in create_connection
    sock.connect(sa)
    ~~~~~~~~~~~~^^^^
ConnectionRefusedError: [Errno 111] Connection refused
"""

CHAIN = b"""\
Traceback (most recent call last):
  File "/lab/first.py", line 1, in <module>
    one()
KeyError: 'a'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/lab/server.py", line 2, in <module>
    two()
ValueError: b
"""

SYNTAX = b"""\
  File "/lab/server.py", line 3
    print("x"
         ^
SyntaxError: '(' was never closed
"""

GAI = b"""\
Traceback (most recent call last):
  File "/lab/client.py", line 5, in <module>
    sock.connect(("nowhere", 80))
socket.gaierror: [Errno -2] Name or service not known
"""


@pytest.mark.parametrize(
    "stderr",
    [
        b"",
        b"\xff\x00\x80",
        b"Error: all is lost\n",
        b"Traceback (most recent call last):\n",
        b'  File "/lab/server.py", line 3\n',
        b'  File "/lab/server.py", line 99999999999999999999, in x\nOSError\n',
        b'  File "' + b"a" * 100_000 + b'", line 3\nOSError\n',
    ],
)
def test_what_is_no_traceback_is_none(stderr: bytes) -> None:
    assert read_raised(stderr) is None


def test_the_last_line_of_the_students_file() -> None:
    raised = read_raised(b"starting\n" + BIND)
    assert raised is not None
    assert (raised.file, raised.line) == ("server.py", 12)
    assert raised.source == "sock.bind((host, port))"
    assert (raised.kind, raised.errno) == ("OSError", 98)


def test_said_in_both_languages() -> None:
    raised = read_raised(BIND)
    assert raised is not None
    told = raised.describe()
    rest = "sock.bind((host, port))\nOSError: [Errno 98] Address already in use"
    assert told.en == "server.py line 12: " + rest
    assert told.zh == "server.py 第 12 行：" + rest


def test_frames_of_the_library_are_not_the_students() -> None:
    raised = read_raised(LIBRARY)
    assert raised is not None
    assert (raised.file, raised.line, raised.errno) == ("client.py", 7, 111)
    assert raised.files == ("client.py",)


def test_of_a_chain_the_last_counts() -> None:
    raised = read_raised(CHAIN)
    assert raised is not None
    assert (raised.file, raised.exception, raised.message) == ("server.py", "ValueError", "b")
    assert raised.files == ("server.py",)


def test_a_syntax_error_has_no_traceback_line() -> None:
    raised = read_raised(SYNTAX)
    assert raised is not None
    assert (raised.line, raised.kind, raised.source) == (3, "SyntaxError", 'print("x"')


def test_a_resolvers_number_is_negative() -> None:
    raised = read_raised(GAI)
    assert raised is not None
    assert (raised.kind, raised.errno) == ("gaierror", -2)


def test_a_message_that_tries_to_steer_is_escaped_and_cut() -> None:
    stderr = BIND.replace(b"Address already in use", b"\x1b[2J" + b"a" * 5000)
    raised = read_raised(stderr)
    assert raised is not None
    told = raised.describe().en
    assert r"\x1b[2J" in told
    assert len(told) < 300


def test_a_file_in_another_encoding_has_no_frame_at_all() -> None:
    raised = read_raised(
        b"SyntaxError: Non-UTF-8 code starting with '\\xc4' in file /lab/server.py on line 2,"
        b" but no encoding declared; see the documentation\n"
    )
    assert raised is not None
    assert (raised.file, raised.line, raised.kind) == ("server.py", 2, "SyntaxError")
    assert raised.message == r"Non-UTF-8 code starting with '\xc4'"
