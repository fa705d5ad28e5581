"""What a README shows of the project's tree and labs. Pure."""

import re

_TREE = re.compile(r"^```\n(compose\.yaml .*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| \[(lab\d+)\]\((labs/[^)]+)\) \|", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def tree_names(readme: str) -> list[str]:
    """The first word of each line of the README's tree; a folder's ends with "/"."""
    tree = _TREE.search(readme)
    return [line.split()[0] for line in tree[1].splitlines() if line.strip()] if tree else []


def named_within(readme: str, name: str) -> str:
    """The words that the tree has beside a name."""
    tree = _TREE.search(readme)
    lines = tree[1].splitlines() if tree else []
    return next((line.removeprefix(name) for line in lines if line.split()[:1] == [name]), "")


def lab_table(readme: str) -> list[tuple[str, str]]:
    """Each row of the table of labs: the lab's name, and the page that it links to."""
    return _ROW.findall(readme)


def local_links(page: str) -> list[str]:
    """The links of a page to files of the project, without the part after "#"."""
    links = [link.split("#")[0] for link in _LINK.findall(page)]
    return [link for link in links if link and "://" not in link]
