"""Read what was typed after `impair`. Pure: words in, a request or a GrammarError out."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from wire.impair.plan import SENDERS, Effects, Plan

SHARES = ("loss", "duplicate", "corrupt", "reorder")
EXAMPLES = {
    **{name: f"{name} 20%" for name in SHARES},
    "delay": "delay 100ms",
    "jitter": "delay 100ms jitter 20ms",
    "rate": "rate 1mbit",
    "from": "loss 20% from client",
    "--seed": "loss 20% --seed 7",
}
ALONE = ("clear", "show")
LONGEST_DELAY_S = 10.0
SLOWEST_BPS = 1000.0
_PER_SECOND = {"us": 1e6, "ms": 1e3, "s": 1.0}
_RATES = {"bit": 1.0, "kbit": 1e3, "mbit": 1e6, "gbit": 1e9}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)([a-z%]*)")


class GrammarError(Exception):
    """Something typed is not understood: `key` and `values` are for the table of words."""

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values


@dataclass(frozen=True)
class Request:
    """What is wanted: to apply a plan, or "clear", "show" or "help"."""

    action: str
    plan: Plan | None = None


def parse(words: Sequence[str], *, new_seed: Callable[[], int]) -> Request:
    """Read a whole command line; raises GrammarError.

    `from client` and `from server` are for the effects since the one before; effects without it are
    for both directions.
    """
    if "--help" in words or "-h" in words:
        return Request("help")
    if not words:
        raise GrammarError("impair-nothing")
    if words[0] in ALONE:
        if len(words) > 1:
            raise GrammarError("impair-alone", word=words[0], other=words[1])
        return Request(words[0])
    return Request("apply", _plan(iter(words), new_seed))


def _plan(words: Iterator[str], new_seed: Callable[[], int]) -> Plan:
    effects = dict.fromkeys(SENDERS, Effects())
    pending: dict[str, float | bool] = {}
    seed: int | None = None

    def apply(senders: Sequence[str]) -> None:
        for sender in senders:
            effects[sender] = replace(effects[sender], **pending)  # type: ignore[arg-type]
        pending.clear()

    for word in words:
        match word:
            case "from":
                sender = _next(words, word)
                if sender not in SENDERS:
                    raise GrammarError("impair-from", value=sender)
                if not pending:
                    raise GrammarError("impair-from-nothing", value=sender)
                apply([sender])
            case "--seed":
                seed = _seed(_next(words, word))
            case "cut":
                pending["cut"] = True
            case "delay" | "jitter":
                if word == "jitter" and "delay_s" not in pending:
                    raise GrammarError("impair-jitter", example=EXAMPLES["jitter"])
                pending[f"{word}_s"] = _time_s(word, _next(words, word))
            case "rate":
                pending["rate_bps"] = _rate_bps(_next(words, word))
            case _ if word in SHARES:
                pending[word] = _share(word, _next(words, word))
            case _:
                raise GrammarError("impair-unknown", word=word)
    apply(SENDERS)
    if all(each.is_nothing for each in effects.values()):
        raise GrammarError("impair-nothing")
    seed = new_seed() if seed is None else seed
    return Plan(client=effects["client"], server=effects["server"], seed=seed)


def _next(words: Iterator[str], name: str) -> str:
    word = next(words, None)
    if word is None:
        raise GrammarError("impair-needs", name=name, example=EXAMPLES[name])
    return word


def _number(name: str, word: str, units: Sequence[str]) -> tuple[float, str]:
    found = _NUMBER.fullmatch(word.lower())
    if not found or found[2] not in units:
        raise GrammarError("impair-value", name=name, value=word, example=EXAMPLES[name])
    return float(found[1]), found[2]


def _share(name: str, word: str) -> float:
    percent, _ = _number(name, word, ("%",))
    if percent > 100:
        raise GrammarError("impair-value", name=name, value=word, example=EXAMPLES[name])
    return percent / 100


def _time_s(name: str, word: str) -> float:
    number, unit = _number(name, word, tuple(_PER_SECOND))
    time_s = number / _PER_SECOND[unit]
    if time_s > LONGEST_DELAY_S:
        raise GrammarError("impair-too-long", name=name, value=word)
    return time_s


def _rate_bps(word: str) -> float:
    number, unit = _number("rate", word, tuple(_RATES))
    rate_bps = number * _RATES[unit]
    if rate_bps < SLOWEST_BPS:
        raise GrammarError("impair-too-slow", value=word)
    return rate_bps


def _seed(word: str) -> int:
    if not word.isdecimal():
        raise GrammarError("impair-value", name="--seed", value=word, example=EXAMPLES["--seed"])
    return int(word)
