"""The commands by which the kernel's own netem and tbf do it: tc-netem(8), tc-tbf(8). Pure.

What the server sends leaves through the queueing discipline of its interface. What arrives there is
led through one of a second interface, an ifb, as disciplines only work on what leaves.
"""

from wire.impair.plan import Effects, Plan, show_rate, show_share, show_time

IFB = "ifb-impair"
ROOT = "50c1:"  # the handle of our disciplines, by which they are known
LIMIT = "10000"  # packets; netem's own 1,000 are soon full with a delay
BURST = "16kb"  # longer than any frame, shorter than what a person would notice
LATENCY = "1s"  # what would wait longer is lost
OVERTAKEN_S = 0.1  # a packet that nothing overtakes goes on after this


def install(plan: Plan, *, interface: str) -> list[list[str]]:
    """Return commands that each must succeed."""
    commands = _disciplines(plan.server, interface)
    if not plan.client.is_nothing:
        way = ["action", "mirred", "egress", "redirect", "dev", IFB]
        commands += [
            ["ip", "link", "add", IFB, "type", "ifb"],
            ["ip", "link", "set", IFB, "up"],
            ["tc", "qdisc", "add", "dev", interface, "handle", "ffff:", "ingress"],
            ["tc", "filter", "add", "dev", interface, "parent", "ffff:", "matchall", *way],
            *_disciplines(plan.client, IFB),
        ]
    return commands


def look(*, interface: str) -> list[str]:
    """Return the command that shows what is installed; is_ours reads it."""
    return ["tc", "qdisc", "show", "dev", interface]


def is_ours(shown: str) -> bool:
    """Whether anything of ours is among the disciplines."""
    return f" {ROOT} " in shown or "qdisc ingress ffff:" in shown


def remove(*, interface: str) -> list[list[str]]:
    """Return the commands that undo it; any of them may find nothing to undo."""
    return [
        ["tc", "qdisc", "del", "dev", interface, "root"],
        ["tc", "qdisc", "del", "dev", interface, "ingress"],
        ["ip", "link", "del", IFB],
    ]


def _disciplines(effects: Effects, interface: str) -> list[list[str]]:
    """netem for all but the rate, and below it tbf for that."""
    add = ["tc", "qdisc", "add", "dev", interface]
    place = ["root", "handle", ROOT]
    commands = []
    if words := _netem(effects):
        commands.append([*add, *place, "netem", "limit", LIMIT, *words])
        place = ["parent", f"{ROOT}1"]
    if effects.rate_bps is not None and not effects.cut:
        rate = show_rate(effects.rate_bps)
        commands.append([*add, *place, "tbf", "rate", rate, "burst", BURST, "latency", LATENCY])
    return commands


def _netem(effects: Effects) -> list[str]:
    if effects.cut:
        return ["loss", "random", "100%"]
    words = []
    if effects.delay_s:
        jitter = [show_time(effects.jitter_s)] if effects.jitter_s else []
        words += ["delay", show_time(effects.delay_s), *jitter]
    if effects.reorder and effects.delay_s:  # so many do not wait, and overtake those that do
        words += ["reorder", show_share(effects.reorder)]
    elif effects.reorder:  # all but so many do not wait
        words += ["delay", show_time(OVERTAKEN_S), "reorder", show_share(1 - effects.reorder)]
    if effects.loss:
        words += ["loss", "random", show_share(effects.loss)]
    if effects.duplicate:
        words += ["duplicate", show_share(effects.duplicate)]
    if effects.corrupt:
        words += ["corrupt", show_share(effects.corrupt)]
    return words
