"""The commands that lead packets into our queue, and away from it again. Pure.

They stand in the mangle table of the namespace that the wire shares with the server, in chains of
our own. `--queue-bypass` lets everything pass as soon as nobody reads the queue: the network is as
good as ever when the daemon has gone, however it went.
"""

from wire.impair.plan import Effects, Plan

QUEUE = 207
MARK = "0x50c1"  # of the copies that we send ourselves; they are not led into the queue again
# What arrives at the server is the client's.
CHAINS = {"client": "IMPAIR-CLIENT", "server": "IMPAIR-SERVER"}
_PLACES = {"client": ("INPUT", "-i"), "server": ("POSTROUTING", "-o")}

# Neighbour discovery is to IPv6 what ARP is to IPv4, which never comes here: it always passes.
_NEIGHBOURS = (
    *("router-solicitation", "router-advertisement"),
    *("neighbour-solicitation", "neighbour-advertisement"),
)

TOOLS = (("iptables", "ip6tables"), ("iptables-legacy", "ip6tables-legacy"))


def install_queue(tool: str, *, interface: str) -> list[list[str]]:
    """Return the commands that lead every packet of one address family into the queue."""
    queue = ["-j", "NFQUEUE", "--queue-num", str(QUEUE), "--queue-bypass"]
    return _install(tool, interface, {sender: [queue] for sender in CHAINS})


def install_statistic(tool: str, plan: Plan, *, interface: str) -> list[list[str]]:
    """Return the commands by which the kernel alone drops packets: for `needs_no_queue`."""
    drops = {
        sender: [[*_chance(effects), "-j", "DROP"]] if not effects.is_nothing else []
        for sender, effects in (("client", plan.client), ("server", plan.server))
    }
    return _install(tool, interface, drops)


def needs_no_queue(plan: Plan) -> bool:
    """Whether the kernel can do it alone: loss and cut are all that is asked for."""
    return all(each == Effects(loss=each.loss, cut=each.cut) for each in (plan.client, plan.server))


def look(tool: str) -> list[str]:
    """Return the command that fails where nothing of ours is installed."""
    return [tool, "-w", "-t", "mangle", "-S", CHAINS["client"]]


def remove(tool: str, *, interface: str) -> list[list[str]]:
    """Return the commands that undo either; any of them may find nothing to undo."""
    table = [tool, "-w", "-t", "mangle"]
    commands = []
    for sender, chain in CHAINS.items():
        place, side = _PLACES[sender]
        commands += [
            [*table, "-D", place, side, interface, "-j", chain],
            [*table, "-F", chain],
            [*table, "-X", chain],
        ]
    return commands


def _install(tool: str, interface: str, targets: dict[str, list[list[str]]]) -> list[list[str]]:
    """Return commands that each must succeed."""
    table = [tool, "-w", "-t", "mangle"]
    passing = [["-m", "mark", "--mark", MARK, "-j", "RETURN"]]
    if tool.startswith("ip6"):
        match = ["-p", "ipv6-icmp", "--icmpv6-type"]
        passing += [[*match, kind, "-j", "RETURN"] for kind in _NEIGHBOURS]
    commands = []
    for sender, chain in CHAINS.items():
        place, side = _PLACES[sender]
        commands.append([*table, "-N", chain])
        commands += [[*table, "-A", chain, *rule] for rule in (*passing, *targets[sender])]
        commands.append([*table, "-A", place, side, interface, "-j", chain])
    return commands


def _chance(effects: Effects) -> list[str]:
    if effects.cut:
        return []
    return ["-m", "statistic", "--mode", "random", "--probability", f"{effects.loss:.9f}"]
