"""A reader who goes through a document from its top and types every command that it shows."""

import re
from collections.abc import Sequence
from contextlib import ExitStack, suppress

from acceptance.compose import Project
from acceptance.terminal import CTRL_C, CTRL_D, Terminal
from acceptance.waiting import eventually
from repo.documents import END_OF_INPUT, Command, Picture, is_drawn, is_shown

# Commands that go on until their reader ends them.
STAYS = re.compile(
    r"docker compose up (?!.*(-d|--detach)\b)|docker compose logs -f|docker compose exec \S+ bash$"
    r"|nc |telnet |python3 (?:(?:unix_)?server\w*|receive_file)\.py |iperf3 -s|tcpdump (?!.*-c )"
)
# Of these, those with which a reader is done at the end of the block.
LEFT = ("nc", "telnet", "tcpdump")
# A server that serves one client is away for a moment after each; a person takes longer to type.
TYPING_S = 3.0
# In front of a program whose calls are not to be shown.
UNTRACED = "LAB_TRACE= "
# What the shell of a host has read before its first prompt.
SHELL = "unset PS1; . /etc/bash.bashrc\n"
LISTENS = 'ss -Htln "sport = :$LAB_PORT" | grep -q .'
# One line after the other, as a log shows them, instead of a screen that is drawn over.
PLAIN = {"COMPOSE_PROGRESS": "plain", "COMPOSE_MENU": "false", "COMPOSE_ANSI": "never"}


class Reader:
    """Sits before a copy of the project; `terminals` closes what is still open at the end.

    What is particular to the copy, its addresses and its name, is read and typed as the original's.
    """

    def __init__(self, project: Project, terminals: ExitStack) -> None:
        self._project = project
        self._terminals = terminals
        self._lab = ""
        self._moved: dict[str, str] = {}  # prefixes of the lab's addresses, and what they are here
        self._client: Command | None = None

    def follow(self, commands: tuple[Command, ...]) -> None:
        """Type the commands of a block; those that go on are compared when all have been typed."""
        staying = []
        for command in commands:
            if command.host == "client":
                self._wait_for_server()
            terminal = self._open(command)
            if STAYS.match(command.text.removeprefix(UNTRACED)) or command.typed:
                staying.append((command, terminal))
                self._wait_for_lab()
                if command.typed:
                    terminal.wait_for_container()
                    self._wait_for_beginning(command, terminal)
            else:
                self._wait_for_end(command, terminal)
                self._compare(command, terminal)
        self._type(staying)
        for command, terminal in staying:
            if any(line.startswith("^C") for line in command.output):
                terminal.type(CTRL_C)
            self._compare(command, terminal)
            if (name := command.text.split()[0]) in LEFT:
                self._leave(name, command, terminal)

    def look(self, picture: Picture) -> None:
        """Compare a picture with the wire's.

        Segments may be joined or swapped from one run to the next: then the client is run again.
        """
        for attempt in eventually():
            with attempt:
                drawn = self._as_at_home(self._project.logs(self._lab))
                if is_drawn(picture.rows, drawn):
                    return
                if self._client:
                    self.follow((self._client,))
                said = "\n".join(picture.rows)
                raise AssertionError(f"line {picture.line}: {said}\nthe wire has drawn:\n{drawn}")

    def _open(self, command: Command) -> Terminal:
        if lab := re.search(r"docker compose up .*?(lab\d+)", command.text):
            self._lab = lab[1]
            default = (self._project.folder / "labs" / self._lab / "compose.yaml").read_text()
            net = re.search(rf"{self._lab.upper()}_NET:-([\d.]+)", default)
            assert net, f"{self._lab} has no address range"
            net6 = re.search(rf"{self._lab.upper()}_NET6:-([\da-f:]+)\}}", default)
            self._moved = {net[1]: self._project.net}
            if net6:
                self._moved[net6[1]] = self._project.net6
        words = ["bash", "-c", command.text]
        if command.host:
            assert self._lab, f"{command}: no lab has been started above"
            place = ["-w", command.folder, f"{self._lab}-{command.host}"]
            words = ["docker", "compose", "exec", *place, "bash", "-c", f"{SHELL}{command.text}"]
        if command.host == "client" and re.match(r"python3 \w+\.py\b", command.text):
            self._client = command
        for at_home, here in self._moved.items():
            words = [word.replace(at_home, here) for word in words]
        environment = self._project.environment | PLAIN
        terminal = Terminal(words, folder=self._project.folder, environment=environment)
        return self._terminals.enter_context(terminal)

    def _wait_for_lab(self) -> None:
        """A reader goes on when the lab is up, also where the document does not show that."""
        for attempt in eventually():
            with attempt:
                listed = self._project.compose(
                    "ps", "--services", "--status", "running", check=False
                )
                assert self._lab in listed.stdout.split()

    def _wait_for_server(self) -> None:
        with suppress(AssertionError):  # it may be the point that none is there
            for attempt in eventually(TYPING_S):
                with attempt:
                    server = f"{self._lab}-server"
                    assert self._project.exec(server, "sh", "-c", LISTENS, check=False).status == 0

    def _wait_for_beginning(self, command: Command, terminal: Terminal) -> None:
        """A reader opens the next terminal when this one shows something."""
        first = command.shown_before(command.typed[0])[:1]
        for attempt in eventually():
            with attempt:
                assert is_shown(first, self._as_at_home(terminal.output), has_ended=False), first

    def _type(self, running: Sequence[tuple[Command, Terminal]]) -> None:
        """Type into running programs, each text when all that stands before it has appeared."""
        pending = [(one, terminal, typed) for one, terminal in running for typed in one.typed]
        for attempt in eventually():
            with attempt:
                waiting = set[Terminal]()
                for command, terminal, typed in list(pending):
                    before, seen = command.shown_before(typed), self._as_at_home(terminal.output)
                    if terminal in waiting or not is_shown(before, seen, has_ended=False):
                        waiting.add(terminal)
                        continue
                    text = typed[1]
                    terminal.type(CTRL_D if text == END_OF_INPUT else f"{text}\n")
                    pending.remove((command, terminal, typed))
                assert not pending, f"{pending[0][0]}\nshows:\n{pending[0][1].output}"

    def _wait_for_end(self, command: Command, terminal: Terminal) -> None:
        try:
            terminal.wait()
        except AssertionError as problem:
            problem.add_note(f"{command}\n{self._look_at_hosts()}")
            raise

    def _leave(self, name: str, command: Command, terminal: Terminal) -> None:
        """End what does not end by itself; it may not have begun yet."""
        service = f"{self._lab}-{command.host}"
        for attempt in eventually():
            with attempt:
                self._project.exec(service, "pkill", "-x", name, check=False)
                assert terminal.status is not None, f"{command} still runs"

    def _look_at_hosts(self) -> str:
        """Say what runs on the hosts, and in which states their sockets are."""
        looks = [["ps", "-eo", "pid,ppid,stat,etimes,args"], ["ss", "-tuanp"]]
        hosts = [f"{self._lab}-{host}" for host in ("server", "client")] if self._lab else []
        said = [self._project.exec(host, *look, check=False) for host in hosts for look in looks]
        return "\n".join(each.stdout + each.stderr for each in said)

    def _compare(self, command: Command, terminal: Terminal) -> None:
        for attempt in eventually():
            with attempt:
                status = terminal.status  # asked first: what it prints at its end counts
                seen = self._as_at_home(terminal.output)
                if not command.output:
                    assert not status, f"{command}\nended with status {status}:\n{seen}"
                else:
                    said = "\n".join(command.output)
                    assert is_shown(command.output, seen, has_ended=status is not None), (
                        f"{command}\nthe document shows:\n{said}\nthe terminal shows:\n{seen}"
                    )

    def _as_at_home(self, text: str) -> str:
        text = text.replace(self._project.name, "socklab")
        for at_home, here in self._moved.items():
            text = text.replace(here, at_home)
        return text
