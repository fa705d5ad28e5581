"""The labs' own images: one for each folder of images/."""

import hashlib
import stat
from collections.abc import Iterable
from pathlib import Path

from machine import base_image, text
from machine.command import Log, answer

SOURCES = "socklab.sources"  # the label that says what an image was built from


def ensure(*, root: Path, base: str, mirror: str, log: Log) -> list[str]:
    """Build every image whose sources, base or mirror changed; return the names of those built."""
    built = []
    for folder in folders(root):
        name = image_name(folder)
        if is_current(folder, base=base, mirror=mirror):
            continue
        sources = fingerprint(folder, base=base, mirror=mirror)
        log.run(
            *("docker", "build", "--tag", name, "--build-arg", f"BASE={base}"),
            *("--build-arg", f"DEBIAN_MIRROR={mirror}"),
            *("--label", "socklab=image", "--label", f"{SOURCES}={sources}", str(folder)),
            failure=text.BUILD_FAILED,
            commands=[base_image.EXAMPLE],
            image=name,
        )
        built.append(name)
    return built


def folders(root: Path) -> list[Path]:
    """Return the build contexts."""
    return sorted(file.parent for file in (root / "images").glob("*/Dockerfile"))


def image_name(folder: Path) -> str:
    """Return the name of the image built from a folder of images/."""
    return f"socklab/{folder.name}"


def is_current(folder: Path, *, base: str, mirror: str) -> bool:
    """Was the folder's image built from what the folder holds now?"""
    return sources_of(image_name(folder)) == fingerprint(folder, base=base, mirror=mirror)


def fingerprint(folder: Path, *, base: str, mirror: str) -> str:
    """Return a hash over all that an image is made from: files, their x bits, base and mirror."""
    digest = hashlib.sha256(f"{base}\0{mirror}\0".encode())
    for file in sorted(_files(folder)):
        is_program = bool(file.stat().st_mode & stat.S_IXUSR)
        content = file.read_bytes()
        header = f"{file.relative_to(folder).as_posix()}\0{is_program}\0{len(content)}\0"
        digest.update(header.encode() + content)
    return digest.hexdigest()[:16]


def sources_of(name: str) -> str:
    """Return the fingerprint that an image was built from; empty: no such image, or not ours."""
    return answer(
        *(
            "docker",
            "image",
            "inspect",
            "--format",
            f'{{{{index .Config.Labels "{SOURCES}"}}}}',
            name,
        )
    ).out


def _files(folder: Path) -> Iterable[Path]:
    return (f for f in folder.rglob("*") if f.is_file() and "__pycache__" not in f.parts)
