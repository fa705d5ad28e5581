"""The command `impair`: reads its words, acts, says what it did.

Exit status: 0 done, 2 wrong words, 3 not possible here.
"""

import os
import secrets
import sys
from collections.abc import Sequence

from wire.impair import system
from wire.impair.grammar import GrammarError, parse
from wire.impair.plan import Plan
from wire.words import Language, language_of, say


def main(words: Sequence[str]) -> int:
    """Do what the words ask for; return the exit status."""
    language = language_of(os.environ.get("LAB_LANG", ""))
    interface = os.environ.get("LAB_INTERFACE", "eth0")
    try:
        request = parse(words, new_seed=lambda: secrets.randbelow(10_000))
        if request.plan is not None:
            print(_apply(request.plan, interface, language))
        elif request.action == "clear":
            system.clear(interface=interface)
            print(say("impair-cleared", language))
        elif request.action == "show":
            print(_show(language))
        else:
            print(say("impair-help", language, lab=os.environ.get("LAB", "lab1")))
    except GrammarError as error:
        _complain(say(error.key, language, **error.values))
        _complain(say("impair-see-help", language))
        return 2
    except system.ImpairError as error:
        _complain(say(error.key, language, reason=error.reason))
        return 3
    return 0


def _apply(plan: Plan, interface: str, language: Language) -> str:
    applied = system.apply(plan, interface=interface)
    return say(f"impair-applied-by-{applied.by}", language, words=plan.words(), seed=plan.seed)


def _show(language: Language) -> str:
    state = system.state()
    if state is None:
        return say("impair-nothing-applies", language)
    lines = [say("impair-applies", language, words=state.words, seed=state.seed)]
    lines += [
        say("impair-counts", language, sender=sender, **counts)
        for sender, counts in state.counts.items()
    ]
    return "\n".join(lines)


def _complain(text: str) -> None:
    print(f"impair: {text}", file=sys.stderr)
