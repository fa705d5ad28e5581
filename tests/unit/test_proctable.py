"""Processes and sockets as the kernel tells of them."""

import struct

import pytest

from grader.proctable import (
    DIAGNOSIS,
    Process,
    SocketState,
    read_dump,
    read_process,
    read_sockets,
)

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
STATUS = (
    "Name:\tpython3\nUmask:\t0022\nState:\tZ (zombie)\nTgid:\t7\nPid:\t7\nPPid:\t1\n"
    "Uid:\t61000\t61000\t61000\t61000\nGid:\t61000\t0\t0\t0\n"
)


def test_line_cut_short_is_left_out() -> None:
    row = "   0: 0100007F:1F90 0200007F:C350 01 00000003:00000005 00:00000000 00000000 0\n"
    assert len(list(read_sockets("tcp", HEAD + row + row[:20]))) == 1


def test_tcp_table() -> None:
    row = "   0: 0100007F:1F90 0200007F:C350 06 00000003:00000005 00:00000000 00000000 0\n"
    (found,) = read_sockets("tcp", HEAD + row)
    assert found == SocketState("tcp", ("127.0.0.1", 8080), ("127.0.0.2", 50000), "TIME-WAIT", 5, 3)


def test_tcp6_table() -> None:
    row = f"   0: {'0' * 24}01000000:1F90 {'0' * 32}:0000 0A 00000000:00000000 00:0 0 0\n"
    (found,) = read_sockets("tcp6", HEAD + row)
    assert (found.local, found.remote, found.state) == (("::1", 8080), ("::", 0), "LISTEN")


def test_an_ipv4_client_of_an_ipv6_listener() -> None:
    mapped = "0000000000000000FFFF00000500000A"
    row = f"   0: {'0' * 32}:1F90 {mapped}:C350 01 00000000:00000000 00:0 0 0\n"
    (found,) = read_sockets("tcp6", HEAD + row)
    assert found.remote == ("::ffff:10.0.0.5", 50000)


@pytest.mark.parametrize(
    ("flags", "state", "path", "local", "words"),
    [
        ("00010000", "01", " /lab/a b", "/lab/a b", "LISTEN"),
        ("00000000", "03", "", "", "ESTAB"),
        ("00000000", "01", " @abstract", "@abstract", "UNCONN"),
    ],
)
def test_unix_table(flags: str, state: str, path: str, local: str, words: str) -> None:
    head = "Num       RefCount Protocol Flags    Type St Inode Path\n"
    row = f"0000000000000000: 00000002 00000000 {flags} 0001 {state} 26{path}\n"
    (found,) = read_sockets("unix", head + row)
    assert found == SocketState("unix", (local, 0), ("", 0), words)


def test_dump_is_as_large_as_the_kernel_s_structure() -> None:
    assert DIAGNOSIS.size == 72


def test_dump() -> None:
    address = bytes([10, 0, 0, 4]) + bytes(12)
    message = DIAGNOSIS.pack(10, b"\x1f\x90", b"\0\0", address, bytes(16), 2, 128)
    found = list(read_dump("tcp", message * 2))
    listens = SocketState("tcp", ("10.0.0.4", 8080), ("0.0.0.0", 0), "LISTEN", 2, 128)
    assert found == [listens, listens]


def test_dump_of_ipv6() -> None:
    message = DIAGNOSIS.pack(1, b"\0\x50", b"\xc3\x50", bytes(15) + b"\1", bytes(16), 0, 0)
    (found,) = read_dump("udp6", message)
    assert (found.local, found.remote, found.state) == (("::1", 80), ("::", 50000), "ESTAB")


def test_dump_cut_short_is_no_dump() -> None:
    with pytest.raises(struct.error):
        list(read_dump("tcp", bytes(71)))


def test_process() -> None:
    assert read_process(STATUS, "python3\0server.py\0") == Process(
        7, 1, 61000, "Z", ("python3", "server.py")
    )


def test_process_without_arguments() -> None:
    assert read_process(STATUS, "").argv == ()


def test_process_whose_name_holds_a_newline() -> None:
    assert read_process(STATUS.replace("python3", "x\\nUid:\\t0"), "").uid == 61000
