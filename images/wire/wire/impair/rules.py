"""The commands that lead packets into our queue, and away from it again. Pure.

They stand in the mangle table of the namespace that the wire shares with the server, in a chain of
our own. `--queue-bypass` lets everything pass as soon as nobody reads the queue: the network is as
good as ever when the daemon has gone, however it went.
"""

QUEUE = 207
MARK = "0x50c1"  # of the copies that we send ourselves; they are not led into the queue again
CHAIN = "IMPAIR"
ARRIVING, LEAVING = "INPUT", "POSTROUTING"

# Neighbour discovery is to IPv6 what ARP is to IPv4, which never comes here: it always passes.
_NEIGHBOURS = (
    *("router-solicitation", "router-advertisement"),
    *("neighbour-solicitation", "neighbour-advertisement"),
)

TOOLS = (("iptables", "ip6tables"), ("iptables-legacy", "ip6tables-legacy"))


def install(tool: str, *, interface: str) -> list[list[str]]:
    """Return the commands for one address family; each must succeed."""
    table = [tool, "-w", "-t", "mangle"]
    commands = [[*table, "-N", CHAIN]]
    commands += [[*table, "-A", CHAIN, "-m", "mark", "--mark", MARK, "-j", "RETURN"]]
    if tool.startswith("ip6"):
        match = ["-p", "ipv6-icmp", "--icmpv6-type"]
        commands += [[*table, "-A", CHAIN, *match, kind, "-j", "RETURN"] for kind in _NEIGHBOURS]
    queue = ["-j", "NFQUEUE", "--queue-num", str(QUEUE), "--queue-bypass"]
    commands += [[*table, "-A", CHAIN, *queue]]
    commands += [[*table, "-A", ARRIVING, "-i", interface, "-j", CHAIN]]
    commands += [[*table, "-A", LEAVING, "-o", interface, "-j", CHAIN]]
    return commands


def look(tool: str) -> list[str]:
    """Return the command that fails where nothing of ours is installed."""
    return [tool, "-w", "-t", "mangle", "-S", CHAIN]


def remove(tool: str, *, interface: str) -> list[list[str]]:
    """Return the commands that undo `install`; any of them may find nothing to undo."""
    table = [tool, "-w", "-t", "mangle"]
    return [
        [*table, "-D", ARRIVING, "-i", interface, "-j", CHAIN],
        [*table, "-D", LEAVING, "-o", interface, "-j", CHAIN],
        [*table, "-F", CHAIN],
        [*table, "-X", CHAIN],
    ]
