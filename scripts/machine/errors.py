"""What ends a set-up early."""

from collections.abc import Sequence

from machine import text


class SetupError(Exception):
    """The machine, not this program, is in the way.

    `commands` are what the reader types next; `quote` is what the failed tool said last.
    """

    def __init__(
        self,
        what: text.Text,
        *,
        commands: Sequence[str] = (),
        quote: str = "",
        log: str = "",
        **values: object,
    ) -> None:
        super().__init__(what.en)
        self.what = what
        self.commands = tuple(commands)
        self.quote = quote
        self.log = log
        self.values = values

    def report(self, language: text.Language) -> str:
        """Return the message: what failed, what the tool said, what to type."""
        lines = [self.what.in_language(language, **self.values)]
        if self.quote:
            lines.append(text.LAST_LINES.in_language(language, log=self.log))
            lines += [f"    {line}" for line in self.quote.splitlines()]
        if self.commands:
            lines.append(text.TYPE_NEXT.in_language(language))
            lines += [f"    {command}" for command in self.commands]
        return "\n".join(lines)
