"""Each thing is explained in one sentence, the first time it is seen."""

from dataclasses import replace

from unit.segments import HELLO, read
from wire.calls import Call
from wire.explain import SENTENCES, Explainer
from wire.fold import Folded
from wire.model import Conversation
from wire.note import Note

EVENTS = [Conversation().observe(read(each, time_s=1.0)) for each in HELLO]


def test_every_note_has_its_sentence() -> None:
    assert set(Note) - set(SENTENCES) == {Note.SECOND_FIN}


def test_a_sentence_fits_below_what_it_explains() -> None:
    for words in SENTENCES.values():
        assert len(words.en) <= 90
        assert "\n" not in words.en + words.zh


def test_an_exchange_is_explained_once() -> None:
    conversation, explainer = Conversation(), Explainer("en")
    events = [conversation.observe(read(each, time_s=1.0)) for each in HELLO]
    said = [line for event in events for line in explainer.explain(event)]
    keys = [Note.HANDSHAKE, "data", Note.FIRST_FIN, Note.CLOSED]
    assert said == [f"{'':14}^ {SENTENCES[key].en}" for key in keys]
    assert [line for event in events for line in explainer.explain(event)] == []


def test_a_call_is_explained_when_it_waits() -> None:
    explainer = Explainer("zh")
    call = Call("server", 1, 1.0, 0.1, "accept", 3, ("3",), ("4",))
    assert explainer.explain(call) == []
    (line,) = explainer.explain(replace(call, took_s=None, results=()))
    assert line.endswith(SENTENCES["waits"].zh)


def test_a_fold_is_explained() -> None:
    folded = Folded(1, EVENTS[0].ends, 1.0, 100, 1000, 0, is_datagrams=False)
    assert len(Explainer("en").explain(folded)) == 1
