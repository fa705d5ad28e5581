"""Another Docker Engine on this machine: its own root, socket and network, as if far away."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from acceptance.waiting import eventually

IMAGE = "socklab/host"
END_S = 30


@contextmanager
def second_engine(folder: Path) -> Iterator[str]:
    """Start it with the image of hosts; gives its DOCKER_HOST. Nothing of it is left at the end.

    In a network namespace of its own, so that its bridges and firewall rules meet no other's.
    """
    address = f"unix://{folder}/docker.sock"
    engine = subprocess.Popen(
        [
            *("unshare", "--net", "dockerd", "--bridge=none", "--host", address),
            *("--data-root", folder / "root", "--exec-root", folder / "exec"),
            *("--pidfile", folder / "pid"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    environment = os.environ | {"DOCKER_HOST": address}
    try:
        for attempt in eventually():
            with attempt:
                asked = subprocess.run(
                    ["docker", "version"], env=environment, capture_output=True, check=False
                )
                assert asked.returncode == 0
        with subprocess.Popen(["docker", "save", IMAGE], stdout=subprocess.PIPE) as saved:
            subprocess.run(
                ["docker", "load", "--quiet"],
                env=environment,
                stdin=saved.stdout,
                stdout=subprocess.DEVNULL,
                check=True,
            )
        yield address
    finally:
        engine.terminate()  # it ends its containerd and what runs in it
        engine.wait(END_S)
        shutil.rmtree(folder / "root", ignore_errors=True)
