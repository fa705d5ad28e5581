"""What the tests of sandboxes share: a submission, a run in another process, what is left."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from docker.api import APIClient

from grader.cleaning import clean
from grader.engine import connect
from grader.labels import GRADE
from grader.submission import Submission, pack

PROJECT = Path(__file__).parents[2]
SUBMISSION = Submission("hw", pack({"server.py": b"print('hello')\r\n", "sub/x.py": b""}))

# A whole run in a process of its own, that waits where the test tells it to go on.
RUN = """
import sys
from pathlib import Path
from grader.sandbox import open_sandbox
from grader.submission import Submission, pack
from grader.topology import read_topology
topology = read_topology(Path(sys.argv[2]), "lab1")
with open_sandbox(topology, run_id=sys.argv[1]) as sandbox:
    with sandbox.hosts(Submission("hw", pack({}))) as (server, client):
        server.start("sleep", "1000")
        print(sandbox.peer.address, flush=True)
        if sys.argv[3] == "keep":
            print(sandbox.keep_open()["server"], flush=True)
        else:
            sys.stdin.readline()
"""

# Stands between the grader and the engine, so that the engine can go away.
RELAY = """
import asyncio, sys
async def pump(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()
async def relay(reader, writer):
    far_reader, far_writer = await asyncio.open_unix_connection("/var/run/docker.sock")
    await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
async def main():
    server = await asyncio.start_unix_server(relay, sys.argv[1])
    print("ready", flush=True)
    await server.serve_forever()
asyncio.run(main())
"""


@contextmanager
def run_elsewhere(run_id: str, way: str = "wait") -> Iterator[subprocess.Popen[str]]:
    """A run in another process, up when this begins; killed and cleaned at the end."""
    search = os.pathsep.join(str(PROJECT / folder) for folder in ("tests", "images/wire"))
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", RUN, run_id, PROJECT, way],
        env=os.environ | {"PYTHONPATH": search},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        assert process.stdout.readline().startswith("10.213."), process.communicate()[1]
        yield process
    finally:
        process.kill()
        process.communicate()
        with closing(connect()) as engine:
            clean(engine, everything=True, run_id=run_id)


def containers(engine: APIClient, run_id: str) -> list[str]:
    found = engine.containers(all=True, filters={"label": f"{GRADE}={run_id}"})
    return sorted(container["Names"][0].split("-")[-2] for container in found)


def networks(engine: APIClient, run_id: str) -> list[str]:
    return [found["Name"] for found in engine.networks(filters={"label": f"{GRADE}={run_id}"})]
