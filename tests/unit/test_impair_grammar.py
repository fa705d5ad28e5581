"""What is typed after impair: read, or answered with what is valid."""

import pytest

from wire.impair.grammar import EXAMPLES, GrammarError, parse
from wire.impair.plan import Effects, Plan
from wire.words import say


def plan(words: str) -> Plan:
    request = parse(words.split(), new_seed=lambda: 42)
    assert request.action == "apply"
    assert request.plan is not None
    return request.plan


def error(words: str) -> GrammarError:
    with pytest.raises(GrammarError) as caught:
        parse(words.split(), new_seed=lambda: 42)
    return caught.value


@pytest.mark.parametrize(
    ("words", "effects"),
    [
        ("loss 20%", Effects(loss=0.2)),
        ("duplicate 5%", Effects(duplicate=0.05)),
        ("corrupt 0.5%", Effects(corrupt=0.005)),
        ("reorder 100%", Effects(reorder=1)),
        ("delay 100ms", Effects(delay_s=0.1)),
        ("delay 1.5s jitter 200us", Effects(delay_s=1.5, jitter_s=0.0002)),
        ("rate 1mbit", Effects(rate_bps=1e6)),
        ("rate 64KBIT", Effects(rate_bps=64e3)),
        ("cut", Effects(cut=True)),
        ("loss 20% delay 50ms", Effects(loss=0.2, delay_s=0.05)),
    ],
)
def test_effects_hold_for_both_directions(words: str, effects: Effects) -> None:
    assert plan(words) == Plan(client=effects, server=effects, seed=42)


def test_from_is_for_the_effects_before_it() -> None:
    assert plan("loss 20% from client") == Plan(Effects(loss=0.2), Effects(), 42)
    assert plan("loss 20% from client delay 1s jitter 1ms from server") == Plan(
        Effects(loss=0.2), Effects(delay_s=1, jitter_s=0.001), 42
    )
    assert plan("cut from server rate 1mbit") == Plan(
        Effects(rate_bps=1e6), Effects(rate_bps=1e6, cut=True), 42
    )


def test_seed_may_stand_anywhere() -> None:
    assert plan("--seed 7 loss 20%") == plan("loss 20% --seed 7")
    assert plan("loss 20% --seed 0").seed == 0


@pytest.mark.parametrize(
    "words",
    [
        "loss 20%",
        "delay 100ms jitter 20ms",
        "duplicate 5% corrupt 1% reorder 10%",
        "rate 1.5mbit",
        "delay 2s rate 64kbit",
        "cut from client",
        "loss 0.5% from client delay 1ms from server",
    ],
)
def test_plan_is_shown_in_words_that_mean_the_same(words: str) -> None:
    assert plan(plan(words).words()) == plan(words)


@pytest.mark.parametrize("word", ["show", "clear"])
def test_words_that_stand_alone(word: str) -> None:
    assert parse([word], new_seed=lambda: 1).action == word
    assert error(f"{word} loss 20%").key == "impair-alone"


@pytest.mark.parametrize("words", ["--help", "-h", "loss --help"])
def test_help_is_never_an_error(words: str) -> None:
    assert parse(words.split(), new_seed=lambda: 1).action == "help"


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("", "impair-nothing"),
        ("--seed 7", "impair-nothing"),
        ("loss 0%", "impair-nothing"),
        ("lose 20%", "impair-unknown"),
        ("loss", "impair-needs"),
        ("loss 20% from", "impair-needs"),
        ("loss 20", "impair-value"),
        ("loss 101%", "impair-value"),
        ("loss -1%", "impair-value"),
        ("loss 1e1%", "impair-value"),
        ("delay 100", "impair-value"),
        ("delay 11s", "impair-too-long"),
        ("jitter 10ms", "impair-jitter"),
        ("delay 1ms from client jitter 1ms", "impair-jitter"),
        ("rate 1", "impair-value"),
        ("rate 999bit", "impair-too-slow"),
        ("loss 20% from router", "impair-from"),
        ("from client loss 20%", "impair-from-nothing"),
        ("loss 20% clear", "impair-unknown"),
        ("loss 20% --seed x", "impair-value"),
    ],
)
def test_wrong_words_are_answered_with_an_example(words: str, key: str) -> None:
    caught = error(words)
    assert caught.key == key
    for language in ("en", "zh"):
        said = say(caught.key, language, **caught.values)
        assert "impair " in said


@pytest.mark.parametrize("example", EXAMPLES.values())
def test_examples_are_valid(example: str) -> None:
    assert plan(example)


def test_examples_in_the_help_are_valid() -> None:
    examples = [
        line.split(" impair ")[1]
        for line in say("impair-help", "en", lab="lab1").splitlines()
        if " impair " in line and line.startswith("  docker")
    ]
    assert len(examples) == 5
    for example in examples:
        assert parse(example.split(), new_seed=lambda: 1)


def test_help_names_every_effect_in_both_languages() -> None:
    for language in ("en", "zh"):
        shown = say("impair-help", language, lab="lab1")
        for name in (*EXAMPLES, "cut", "show", "clear"):
            assert name in shown
