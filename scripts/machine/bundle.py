"""The finished images as one file, for a machine without any network."""

import gzip
import re
import shutil
import subprocess
import zlib
from pathlib import Path

from machine import images, text
from machine.command import Log, stop
from machine.errors import SetupError

BLOCK_BYTES = 1 << 20


def save(path: Path, *, root: Path, base: str) -> None:
    """Write the base and the labs' images to `path`, gzipped; whole or not at all."""
    names = [base, *map(images.image_name, images.folders(root))]
    part = path.with_name(path.name + ".part")
    try:
        with gzip.open(part, "wb", compresslevel=1) as target:
            process = subprocess.Popen(
                ["docker", "save", *names], stdout=subprocess.PIPE, start_new_session=True
            )
            with process:
                try:
                    assert process.stdout is not None
                    shutil.copyfileobj(process.stdout, target, BLOCK_BYTES)
                    status = process.wait()
                finally:
                    stop(process)
        if status != 0:
            task = f"docker save {' '.join(names)}"
            raise SetupError(text.ENGINE_REFUSED, commands=["scripts/setup"], task=task)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def load(path: Path, *, root: Path, log: Log) -> str:
    """Load what `save` wrote; return the name of the base image in it."""
    check(path)
    output = log.run(
        *("docker", "load", "--input", str(path)),
        failure=text.ENGINE_REFUSED,
        commands=["docker system df", "df -h"],
        task=f"docker load --input {path}",
    )
    loaded = re.findall(r"^Loaded image: (\S+)$", output, flags=re.MULTILINE)
    ours = {f"{images.image_name(folder)}:latest" for folder in images.folders(root)}
    others = [name for name in loaded if name not in ours]
    if not (ours <= set(loaded) and others):
        raise SetupError(
            text.NOT_OUR_FILE,
            commands=["scripts/setup --save FILE  # where there is a network"],
            path=path,
            images=", ".join(sorted(ours)),
        )
    return str(others[0])


def check(path: Path) -> None:
    """Raise SetupError unless the file is there and whole; gzip ends with a checksum."""
    try:
        with gzip.open(path) as file:
            while file.read(BLOCK_BYTES):
                pass
    except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
        raise SetupError(
            text.HALF_FILE, commands=[f"scripts/setup --load {path}"], path=path, reason=problem
        ) from problem
    except OSError as problem:
        raise SetupError(
            text.NO_FILE, commands=[f"ls -l {path}"], path=path, reason=problem.strerror
        ) from problem
