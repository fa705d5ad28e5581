""".env, which docker compose reads, and whose files are whose."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

STUDENT = 1000  # the first user of a Debian or Ubuntu machine, and `student` in the images


def value(content: str, name: str) -> str | None:
    """Return a variable's value from .env."""
    for line in content.splitlines():
        key, equals, rest = line.partition("=")
        if equals and key.strip() == name:
            return rest.strip()
    return None


def merged(content: str, values: Mapping[str, str]) -> str:
    """Return .env with our variables set, every other line kept as it is."""
    missing = dict(values)
    lines = []
    for line in content.splitlines():
        name = line.partition("=")[0].strip()
        if name in values:
            if name in missing:
                lines.append(f"{name}={missing.pop(name)}")
        else:
            lines.append(line)
    lines += [f"{name}={value}" for name, value in missing.items()]
    return "\n".join(lines) + "\n"


def ensure(root: Path, values: Mapping[str, str]) -> bool:
    """Write our variables into .env; return whether anything changed."""
    file = root / ".env"
    before = file.read_text() if file.exists() else ""
    after = merged(before, values)
    if after != before:
        write_whole(file, after)
        give_to_owner(file, root=root)
    return after != before


def read(root: Path, name: str) -> str | None:
    """Return a variable's value: the shell's before that in .env, as Compose does."""
    file = root / ".env"
    return os.environ.get(name) or (value(file.read_text(), name) if file.exists() else None)


def container_user(owner: tuple[int, int], *, is_rootless: bool) -> tuple[int, int]:
    """Return uid and gid for programs in the containers, so that what they write is the student's.

    A rootless engine maps the student to the container's root.
    """
    if is_rootless:
        return 0, 0
    return (STUDENT, STUDENT) if owner[0] == 0 else owner


def owner_of(path: Path) -> tuple[int, int]:
    """Return uid and gid of a file's owner."""
    status = path.stat()
    return status.st_uid, status.st_gid


def give(paths: Iterable[Path], owner: tuple[int, int]) -> bool:
    """Change the owner of files and folders, with all in them; return whether any had another."""
    changed = False
    for top in paths:
        for path in (top, *top.rglob("*")):
            status = path.lstat()
            if (status.st_uid, status.st_gid) != owner:
                os.chown(path, *owner, follow_symlinks=False)
                changed = True
    return changed


def give_to_owner(path: Path, *, root: Path) -> None:
    """Under sudo, make what we wrote the property of whoever owns the checkout."""
    if os.geteuid() == 0:
        give([path], owner_of(root))


def write_whole(path: Path, content: str) -> None:
    """Write a file so that a reader, or a kill, meets the old or the new one, never a half."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
