"""The first thing a student sees: who the two hosts are and what to type next. Pure."""

from collections.abc import Sequence

from wire.words import Language, say


def greet(
    *,
    lab: str,
    server: Sequence[str],
    client: Sequence[str],
    port: str,
    command: str,
    language: Language,
    shows_calls: bool = False,
) -> list[str]:
    """Return the lines of the greeting; an empty sequence of addresses means not found yet.

    `command` is what to type on the client; with `shows_calls` calls appear without more ado.
    """

    def name_host(name: str, addresses: Sequence[str]) -> str:
        return f"{name} {', '.join(addresses) or say('not-found', language)}"

    hosts = (
        f"{name_host('client', client)}  ◀────────▶  "
        f"{name_host('server', server)}{say('port', language, port=port)}"
    )
    return [
        "",
        say("title", language, lab=lab),
        "",
        f"    {hosts}",
        "",
        say("second-terminal", language),
        "",
        f"    docker compose exec {lab}-client bash",
        f"    {command}",
        "",
        say("server-prints", language),
        "",
        f"    docker compose logs -f {lab}-server",
        "",
        say("what-follows", language),
        *([say("calls-follow", language, dot="●")] if shows_calls else []),
        say("how-it-ends", language),
    ]
