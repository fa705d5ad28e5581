"""Draw a call of a traced program as one line beside the segments. Pure.

    0.000      client ●           connect(3, server:8080) = 0

The host's name and the dot stand where they stand in the lines of segments: the server's on the
right, every other host's on the left.
"""

from collections.abc import Mapping, Sequence

from wire.calls import Call, Part
from wire.diagram import show_size
from wire.place import Place
from wire.words import Language, say

# As wide as `client ──▶ server`.
_LANES_WIDTH = len("client ──▶ server")

# A call that took longer has waited for something, and for how long is said.
NOTICED_S = 0.01


def draw_call(
    call: Call, place: Place, *, names: Mapping[str, str], language: Language
) -> list[str]:
    """Draw one call; `names` maps addresses to the names of the lab's hosts.

    One that begins a conversation brings an empty line.
    """
    number = f"#{place.number:<2}" if place.number else "   "
    if call.host == "server":
        lanes = f"● {call.host}".rjust(_LANES_WIDTH)
    else:
        lanes = f"{call.host} ●".ljust(_LANES_WIDTH)
    parts = [show_call(call, names)]
    if call.results:
        parts.append(f"= {show_parts(call.results, names)}")
    else:
        parts.append(f"… {say('call-waits', language)}")
    if call.count > 1:
        size = show_size(call.length, language)
        parts = [show_call(call, names)]
        parts.append(f"× {say('call-times', language, count=f'{call.count:,}', size=size)}")
    elif call.took_s is not None and call.took_s >= NOTICED_S:
        seconds = f"{call.took_s:.2f}" if call.took_s < 10 else f"{call.took_s:.0f}"
        parts.append(f" {say('call-after', language, seconds=seconds)}")
    line = f"{place.time_s:8.3f}  {number} {lanes}  {' '.join(parts)}"
    return ["", line] if place.is_first else [line]


def show_call(call: Call, names: Mapping[str, str]) -> str:
    """Show the call as a program would spell it; of folded ones what they have in common."""
    arguments = call.arguments[:1] if call.count > 1 else call.arguments
    more = ", …" if call.count > 1 else ""
    return f"{call.name}({show_parts(arguments, names, between=', ')}{more})"


def show_parts(parts: Sequence[Part], names: Mapping[str, str], *, between: str = " ") -> str:
    """Show text as it is, and an endpoint by the name of its host."""
    return between.join(_show(part, names) for part in parts)


def _show(part: Part, names: Mapping[str, str]) -> str:
    if isinstance(part, str):
        return part
    address = f"[{part.address}]" if ":" in part.address else part.address
    return f"{names.get(part.address, address)}:{part.port}"
