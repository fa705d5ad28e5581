"""`scripts/setup` and `docker compose up lab1` from nothing, against the bare commands they need.

Each runs on a machine of its own that has nothing: no engine, no Python, no image.
"""

from pathlib import Path

from machine import base_image, settings
from measure.bare_machine import bare_machine
from measure.comparison import Comparison

LIMIT = 1.25
ROUNDS = 2
PACKAGES = "ca-certificates docker-cli docker-compose docker.io python3 python3-venv"
MAKERS = "mmdebstrap debian-archive-keyring"
INSTALL = "apt-get update -qq && apt-get install -qq -y --no-install-recommends"
START = (
    "(setsid dockerd >/dev/null 2>&1 &); until docker version >/dev/null 2>&1; do sleep 0.1; done"
)
PYTHON = (
    "python3 -m venv /root/venv"
    " && /root/venv/bin/pip install -q --require-hashes -r scripts/requirements.txt"
)
MAKE = (
    "mirror=$(apt-get indextargets --format '$(REPO_URI)' | head -1)"
    " && mmdebstrap --variant=minbase --include=ca-certificates trixie /tmp/base.tar $mirror"
    f" && docker import /tmp/base.tar {base_image.OWN}"
)
BUILD = (
    "for d in images/*/; do docker build -q -t socklab/$(basename $d) --build-arg BASE={} $d; done"
)
OURS = (
    "scripts/setup && { docker compose up lab1 >/root/up.log 2>&1 & up=$!; };"
    " until grep -q 'compose exec lab1-client' /root/up.log; do kill -0 $up; sleep 0.05; done"
)


def bare_steps(base: str) -> dict[str, str]:
    """Return the commands that nobody can avoid, by the name of their step."""
    is_pulled = base != base_image.OWN
    return {
        "packages of Debian": f"{INSTALL} {PACKAGES}" + ("" if is_pulled else f" {MAKERS}"),
        "engine start": START,
        "packages of Python": PYTHON,
        "base image": f"docker pull -q {base}" if is_pulled else MAKE,
        "image builds": BUILD.format(base),
    }


def measure(root: Path, rounds: int) -> Comparison:
    """Make both machines ready, `rounds` times."""
    base = settings.read(root, "LAB_BASE") or base_image.OFFICIAL
    ours_s: list[float] = []
    bare_s: dict[str, list[float]] = {}

    def measure_bare() -> None:
        with bare_machine(root, image=base) as machine:
            for step, script in bare_steps(base).items():
                bare_s.setdefault(step, []).append(machine.timed(script))

    def measure_ours() -> None:
        with bare_machine(root, image=base) as machine:
            ours_s.append(machine.timed(OURS))

    for number in range(rounds):
        # In turn first and last, so that a machine that grows busier harms both.
        for task in (measure_bare, measure_ours)[:: -1 if number % 2 else 1]:
            task()
    return Comparison(
        ours="scripts/setup && docker compose up lab1, to the greeting",
        ours_s=ours_s,
        bare_s=bare_s,
        limit=LIMIT,
    )
