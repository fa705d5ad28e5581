"""The filter that goes with raw sockets, run as the kernel runs it."""

import errno

import pytest

from grader.agent.raw import ALLOW, END_ALL, MACHINES, REFUSE, program_of


def verdict(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """What the filter says of a system call; an instruction beyond its end is an IndexError."""
    words = {0: number, 4: MACHINES[machine][0] if architecture is None else architecture}
    words |= {16 + 8 * place: value for place, value in enumerate(arguments)}
    program, at, held = program_of(machine), 0, 0
    while True:
        code, if_true, if_false, operand = program[at]
        at += 1
        match code:
            case 0x20:
                held = words.get(operand, 0)
            case 0x54:
                held &= operand
            case 0x15:
                at += if_true if held == operand else if_false
            case 0x45:
                at += if_true if held & operand else if_false
            case 0x06:
                return operand


@pytest.fixture(params=sorted(MACHINES))
def machine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize(
    ("family", "kind", "protocol"),
    [(2, 3, 1), (10, 3, 58), (2, 1, 0), (2, 2 | 0o4000, 17), (1, 1 | 0o2000000, 0), (16, 3, 0)],
)
def test_sockets_of_the_lab_are_opened(machine: str, family: int, kind: int, protocol: int) -> None:
    assert verdict(machine, MACHINES[machine][1], family, kind, protocol) == ALLOW


@pytest.mark.parametrize(
    ("family", "kind", "protocol"),
    [(17, 3, 0x300), (17, 2, 0), (44, 3, 0), (2, 10, 0x300), (2, 10 | 0o4000, 0), (2, 3, 255)],
)
def test_sockets_that_reach_further_are_not(
    machine: str, family: int, kind: int, protocol: int
) -> None:
    assert verdict(machine, MACHINES[machine][1], family, kind, protocol) == REFUSE
    assert REFUSE & 0xFFFF == errno.EPERM


@pytest.mark.parametrize(
    ("level", "option", "is_allowed"),
    [
        *((0, 3, False), (0, 19, False), (41, 36, False), (41, 75, False)),
        *((0, 2, True), (1, 2, True), (1, 3, True), (6, 19, True), (41, 26, True), (255, 1, True)),
    ],
)
def test_options_that_forge_addresses_are_refused(
    machine: str, level: int, option: int, is_allowed: bool
) -> None:
    said = verdict(machine, MACHINES[machine][2], 5, level, option)
    assert said == (ALLOW if is_allowed else REFUSE)


def test_other_calls_pass_but_a_queue_of_calls_does_not(machine: str) -> None:
    passing = set(range(600)) - {*MACHINES[machine][1:], 425}
    assert {verdict(machine, number, 17, 10, 255) for number in passing} == {ALLOW}
    assert verdict(machine, 425) == REFUSE


def test_calls_in_the_numbers_of_another_machine_end_the_program(machine: str) -> None:
    assert verdict(machine, 1, architecture=0x40000003) == END_ALL
    assert verdict(machine, 0x40000000 | MACHINES[machine][1], 17) == END_ALL


def test_an_unknown_machine_has_no_raw_sockets() -> None:
    with pytest.raises(OSError, match="no raw sockets on vax"):
        program_of("vax")
