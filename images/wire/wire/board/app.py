"""The web server of the board: pages, the stream of events, files to save. Reads only.

It listens on the machine's own address only, and answers only requests that were meant for that:
another site's page that a browser shows at the same time can neither read it (no CORS, and the
Host header is checked against DNS rebinding) nor put anything into it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import hdrs, web

from wire.board.exports import to_html, to_mermaid, to_pcap
from wire.board.runs import Tail, find_run, labs_of, read_records
from wire.words import Language

STATIC = Path(__file__).parent / "static"
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
SAVED = {
    "pcap": ("application/vnd.tcpdump.pcap", "pcap"),
    "mermaid": ("text/plain", "mmd"),
    "html": ("text/html", "html"),
}
HOSTS = {"127.0.0.1", "localhost", "[::1]"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

LOOK_EVERY_S = 0.1
PING_EVERY_S = 10.0
# Pages that are open at the same time.
STREAMS = 20

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_app(folder: Path, *, language: Language) -> web.Application:
    """Make the application that shows the runs in `folder`."""
    board = Board(folder, language)
    app = web.Application(middlewares=[web.middleware(guard)])
    app.router.add_get("/", board.page)
    app.router.add_get("/static/{name}", board.file)
    app.router.add_get("/api/runs", board.runs)
    app.router.add_get("/api/events", board.events)
    app.router.add_get("/api/save/{kind:pcap|mermaid|html}", board.save)
    app.on_response_prepare.append(_add_headers)
    return app


async def guard(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Answer only what was asked of this machine itself."""
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    if host.lower() not in HOSTS:
        raise web.HTTPMisdirectedRequest(text="The board answers on 127.0.0.1 only.\n")
    return await handler(request)


class Board:
    """Handlers; the files of the page are read once."""

    def __init__(self, folder: Path, language: Language) -> None:
        self._folder = folder
        self._language = language
        self._static = {path.name: path.read_bytes() for path in STATIC.iterdir()}
        self._streams = 0

    async def page(self, _: web.Request) -> web.Response:
        """The page itself, in the language of the lab until the reader chooses."""
        body = self._static["index.html"].replace(
            b'<html lang="en">', f'<html lang="{self._language}">'.encode()
        )
        return web.Response(body=body, content_type="text/html", charset="utf-8")

    async def file(self, request: web.Request) -> web.Response:
        """One of the page's own files."""
        name = request.match_info["name"]
        if name not in self._static:
            raise web.HTTPNotFound
        kind = TYPES.get(Path(name).suffix, "application/octet-stream")
        return web.Response(body=self._static[name], content_type=kind, charset="utf-8")

    async def runs(self, _: web.Request) -> web.Response:
        """Which labs have been seen, and their runs."""
        return web.json_response(labs_of(self._folder))

    async def save(self, request: web.Request) -> web.Response:
        """A run, or one flow of it, as a file."""
        kind, query = request.match_info["kind"], request.query
        flow = query.get("flow", "")
        path = find_run(self._folder, query.get("lab", ""), query.get("run", ""))
        if path is None or not (flow == "" or (flow.isdecimal() and len(flow) < 10)):
            raise web.HTTPNotFound
        records = read_records(path, flow=int(flow) if flow else None)
        language = "zh" if query.get("language", self._language) == "zh" else "en"
        content_type, suffix = SAVED[kind]
        match kind:
            case "pcap":
                body = to_pcap(records)
            case "mermaid":
                body = to_mermaid(records).encode()
            case _:
                body = to_html(records, static=self._static, language=language).encode()
        name = f"{path.parent.name}{f'-{flow}' if flow else ''}.{suffix}"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        charset = None if kind == "pcap" else "utf-8"
        return web.Response(
            body=body, content_type=content_type, charset=charset, headers=disposition
        )

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Records as they are written, as server-sent events, for as long as the page is open.

        `run` says that another file begins; what the page had is of the past then.
        """
        if self._streams >= STREAMS:
            raise web.HTTPServiceUnavailable
        lab, run = request.query.get("lab", ""), request.query.get("run", "")
        response = web.StreamResponse(
            headers={hdrs.CONTENT_TYPE: "text/event-stream; charset=utf-8"}
        )
        await response.prepare(request)
        self._streams += 1
        try:
            await self._follow(response, lab, run, request.headers.get("Last-Event-ID", ""))
        except ConnectionError:
            pass
        finally:
            self._streams -= 1
        return response

    async def _follow(self, response: web.StreamResponse, lab: str, run: str, last_id: str) -> None:
        tail: Tail | None = None
        quiet_s = PING_EVERY_S
        while True:
            lines = tail.read() if tail else []
            if lines:
                assert tail is not None
                event = f"id: {tail.path.name} {tail.offset}\ndata: [{','.join(lines)}]\n\n"
                await response.write(event.encode())
                quiet_s = 0.0
                continue
            # A run is read to its end before the next one begins.
            path = find_run(self._folder, lab, run)
            if path and (tail is None or path != tail.path):
                tail = _resume(path, last_id)
                last_id = ""
                if tail.offset == 0:
                    await response.write(f"event: run\ndata: {path.name}\n\n".encode())
                continue
            if quiet_s >= PING_EVERY_S:
                await response.write(b": still here\n\n")
                quiet_s = 0.0
            await asyncio.sleep(LOOK_EVERY_S)
            quiet_s += LOOK_EVERY_S


def _resume(path: Path, last_id: str) -> Tail:
    """Go on behind the last event that a page got before it lost the connection."""
    name, _, offset = last_id.partition(" ")
    is_known = name == path.name and offset.isdecimal() and len(offset) < 12
    return Tail(path, int(offset) if is_known else 0)


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
