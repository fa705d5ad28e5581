import io
import tarfile
from pathlib import Path

from measure.bare_machine import INHERITED, checkout, paths
from measure.setup import bare_steps


def test_what_pip_is_set_to_use_comes_along() -> None:
    settings = (
        "PIP_CERT='/etc/ssl/x.crt'\n"
        "  global.extra-index-url: 'file:///opt/pypi/simple https://mirror.example/simple'\n"
    )
    assert {"/etc/ssl/x.crt", "/opt/pypi"} <= set(paths(settings))
    assert "/opt/pypi/simple" not in set(paths(settings))


def test_only_what_concerns_the_network_is_inherited() -> None:
    assert INHERITED.match("PIP_INDEX_URL")
    assert INHERITED.match("HTTPS_PROXY")
    assert not INHERITED.match("DOCKER_HOST")
    assert not INHERITED.match("SECRET_TOKEN")


def test_a_registry_is_used_where_one_answers() -> None:
    assert bare_steps("debian:trixie-slim")["base image"] == "docker pull -q debian:trixie-slim"
    assert "mmdebstrap" in bare_steps("socklab/base:trixie")["base image"]


def test_a_checkout_holds_what_a_clone_would() -> None:
    root = Path(__file__).parents[2]
    with tarfile.open(fileobj=io.BytesIO(checkout(root))) as archive:
        names = archive.getnames()
    assert "scripts/setup" in names
    assert not [name for name in names if name.startswith((".git/", ".venv/", ".socklab/"))]
