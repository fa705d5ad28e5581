from repo.tree import lab_table, local_links, named_within, tree_names

README = """\
# A project

| lab | about |
|---|---|
| [lab1](labs/lab1/README.md) | one |
| [lab10](labs/lab10/README.md) | ten |

```
compose.yaml        one line per lab
images/             host: hosts · wire: the wire
```

[above](#labs), [elsewhere](https://example.org/x), [there](images/wire/README.md#flags)
"""


def test_a_page_without_a_tree_names_nothing() -> None:
    assert tree_names("# nothing") == []
    assert named_within("# nothing", "images/") == ""
    assert lab_table("# nothing") == []


def test_the_tree_is_read() -> None:
    assert tree_names(README) == ["compose.yaml", "images/"]
    assert named_within(README, "images/").strip() == "host: hosts · wire: the wire"


def test_the_table_of_labs_is_read() -> None:
    rows = [("lab1", "labs/lab1/README.md"), ("lab10", "labs/lab10/README.md")]
    assert lab_table(README) == rows


def test_links_to_other_places_are_left_out() -> None:
    links = ["labs/lab1/README.md", "labs/lab10/README.md", "images/wire/README.md"]
    assert local_links(README) == links
