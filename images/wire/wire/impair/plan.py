"""What is to happen to packets, by direction. Pure."""

from dataclasses import dataclass, fields

# Who sent a packet: what arrives at the server counts as the client's, whichever host it is from.
SENDERS = ("client", "server")


@dataclass(frozen=True)
class Effects:
    """What happens to the packets of one direction; shares are from 0 to 1, None is no limit."""

    loss: float = 0.0
    duplicate: float = 0.0
    corrupt: float = 0.0
    reorder: float = 0.0
    delay_s: float = 0.0
    jitter_s: float = 0.0
    rate_bps: float | None = None
    cut: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether every packet passes as it is."""
        return self == Effects()


@dataclass(frozen=True)
class Plan:
    """The effects for what the client sends and for what the server sends.

    `seed` decides which packets are met: the same one and the same packets give the same fate.
    """

    client: Effects
    server: Effects
    seed: int

    def words(self) -> str:
        """Return the plan as `impair` understands it, without the seed."""
        if self.client == self.server:
            return _words(self.client)
        parts = ((_words(self.client), "client"), (_words(self.server), "server"))
        return " ".join(f"{words} from {sender}" for words, sender in parts if words)


def show_share(share: float) -> str:
    """Show 0.2 as 20%."""
    return f"{share * 100:g}%"


def show_time(time_s: float) -> str:
    """Show 0.1 as 100ms."""
    return f"{time_s * 1000:g}ms" if time_s < 1 else f"{time_s:g}s"


def show_rate(rate_bps: float) -> str:
    """Show 1000000.0 as 1mbit."""
    for size, unit in ((1e9, "gbit"), (1e6, "mbit"), (1e3, "kbit")):
        if rate_bps >= size:
            return f"{rate_bps / size:g}{unit}"
    return f"{rate_bps:g}bit"


def _words(effects: Effects) -> str:
    shown = {
        name: f"{name} {show_share(getattr(effects, name))}"
        for name in ("loss", "duplicate", "corrupt", "reorder")
    }
    shown |= {
        "delay_s": f"delay {show_time(effects.delay_s)}",
        "jitter_s": f"jitter {show_time(effects.jitter_s)}",
        "rate_bps": f"rate {show_rate(effects.rate_bps or 0)}",
        "cut": "cut",
    }
    return " ".join(shown[each.name] for each in fields(Effects) if getattr(effects, each.name))
