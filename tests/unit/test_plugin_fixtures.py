"""What a check is given: hosts as new, a port of its own, chance, captured packets."""

from pathlib import Path

import pytest

from grader.personal import Values
from grader.seed import Seed
from unit.plugin_runs import Run, check, only

pytest_plugins = ["pytester"]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    return Run(pytester)


def test_hosts_are_made_new_and_left_for_each_check(run: Run) -> None:
    body = "assert (server.name, client.name, peer.name) == ('server', 'client', 'peer')"
    plugin = run(
        check("a", body, given="server, client, peer")
        + check("b", body, given="server, client, peer")
    )
    assert [result.outcome for result in plugin.results] == ["passed", "passed"]
    assert len(run.stage.begun) == run.stage.ended == 2
    assert run.stage.begun[0] is not run.stage.begun[1]


def test_a_check_keeps_its_port_whatever_else_runs(run: Run) -> None:
    source = check("a", "pass") + check("b", "print(port); assert port == 20001", given="port")
    assert run(source).results[1].outcome == "passed"
    assert run(source, "b").results[0].outcome == "passed"


def test_chance_depends_on_seed_and_check(run: Run) -> None:
    wanted = [Seed(7).draws(name).number(0, 10**9) for name in ("a", "b")]
    source = check("a", f"assert seed.number(0, 10**9) == {wanted[0]}", given="seed")
    source += check("b", f"assert seed.number(0, 10**9) == {wanted[1]}", given="seed")
    assert [result.outcome for result in run(source).results] == ["passed", "passed"]


def test_checks_from_another_folder_are_hidden(run: Run) -> None:
    assert only(run(check("a", "pass"))).hidden is False
    assert only(run(check("a", "pass"), folder="hidden")).hidden is True


def test_a_hidden_check_does_not_tell_what_it_tried(run: Run) -> None:
    source = check(
        "a", "steps.add('peer', same('secret')); raise CheckFailed(LESSON)", given="steps"
    )
    told = only(run(source))
    assert (told.outcome, told.lesson is None, len(told.steps)) == ("failed", False, 1)
    untold = only(run(source, folder="hidden"))
    assert (untold.outcome, untold.lesson, untold.steps) == ("failed", None, ())


def test_packets_are_captured_on_the_server(run: Run, pytester: pytest.Pytester) -> None:
    class Capture:
        def __enter__(self) -> str:
            return "packets"

        def __exit__(self, *_exc: object) -> None:
            (Path(pytester.path) / "ended").touch()

    run.stage.server.capture = Capture
    result = only(run(check("a", "assert packets == 'packets'", given="packets")))
    assert result.outcome == "passed"
    assert (pytester.path / "ended").exists()


def test_a_bad_network_has_the_seed_of_its_check(run: Run) -> None:
    wanted = Seed(7).draws("a").number(0, 9999)
    body = "with impair('loss 20%'), impair('delay 9ms', at=client): pass"
    assert only(run(check("a", body, given="impair, client"))).outcome == "passed"
    (at_server, at_client) = run.stage.impaired
    assert at_server == ("loss 20%", "server", wanted)
    assert at_client[:2] == ("delay 9ms", "client")


def test_packets_are_told_by_a_check_that_fails(run: Run) -> None:
    note = "steps.note_packets(lambda: [Step(1.0, 'wire', same('client ──▶ server'))])"
    source = "from grader.steps import Step\n"
    source += check("a", f"{note}; raise CheckFailed(LESSON)", given="steps")
    source += check("b", note, given="steps")
    failed, passed = run(source).results
    assert [step.who for step in failed.steps] == ["wire"]
    assert passed.steps == ()


def test_a_check_that_asks_for_own_values_is_there_only_with_such(run: Run) -> None:
    source = check("a", "assert port == 20000", given="port")
    source += check("b", "assert personal.token == 'abcd2345'", given="personal")
    source += check("c", "assert port in (20001, 20002)", given="port")
    without = [(each.name, each.outcome) for each in run(source).results]
    assert without == [("a", "passed"), ("c", "passed")]
    assert run.started == [("a", 0, 2), ("c", 1, 2)]
    run.values = Values(21000, "abcd2345", "x")
    assert [each.outcome for each in run(source).results] == ["passed"] * 3


def test_all_checks_are_told_at_the_beginning_and_each_at_its_end(run: Run) -> None:
    source = check("a", "raise CheckFailed(LESSON)")
    source += check("b", "pass", "points(1)", "requires('a')")
    run(source)
    assert run.planned == run.ended == ["a", "b"]
