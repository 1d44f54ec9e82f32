"""Records and JSON as Hypothesis invents them."""

import json

from hypothesis import strategies as st

from tunedrop.dataset.records import (
    CaptionedImage,
    Media,
    Passage,
    Record,
    ReinforcementPrompt,
    Turn,
)

SECRET = "zebra-4711"
FIELDS = (
    *("prompt", "completion", "input", "output", "messages", "system", "role", "content"),
    *("schemaVersion", "text", "type", "image", "video", "document", "reasoningContent"),
    *("reasoningText", "format", "source", "s3Location", "uri", "bucketOwner", "bytes"),
    *("image-ref", "caption", "reference_answer", "id", "tool_calls", "tools", SECRET),
)
VALUES = ("user", "assistant", "system", "text", "png", "s3://bucket/key.png", "", " ", SECRET)

texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t"), min_size=1
).filter(lambda text: not text.isspace())
names = st.from_regex(r"[a-z0-9_-]{1,8}(/[a-z0-9_-]{1,8}){0,2}\.png", fullmatch=True)
places = st.one_of(names, names.map(lambda name: f"s3://pictures/{name}"))
images = st.builds(Media, st.just("image"), st.just("png"), places, st.none() | st.just("1" * 12))
videos = st.builds(Media, st.just("video"), st.just("mp4"), places)

leaves = (
    st.sampled_from(VALUES)
    | st.text(max_size=5)
    | st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
)
keys = st.sampled_from(FIELDS) | st.text(max_size=3)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=25,
)
objects = st.dictionaries(keys, values, max_size=6)


def dialogue_turns(exchanges: list[tuple[Turn, Turn]]) -> tuple[Turn, ...]:
    """The turns of exchanges in a row."""
    return tuple(turn for exchange in exchanges for turn in exchange)


def record_of(system: str | None, exchanges: list[tuple[Turn, Turn]]) -> Record:
    """A dialogue of exchanges."""
    return Record(system, dialogue_turns(exchanges))


asked = st.builds(Turn, st.just("user"), texts)
told = st.builds(Turn, st.just("assistant"), texts)
media = st.lists(images, min_size=1, max_size=3) | st.lists(videos, min_size=1, max_size=1)
shown = st.builds(lambda seen, text: Turn("user", text, (*seen, text)), media, texts)
reasoned = st.builds(lambda text, why: Turn("assistant", text, reasoning=why), texts, texts)

systems = st.none() | texts
pairs = st.builds(record_of, st.none(), st.lists(st.tuples(asked, told), min_size=1, max_size=1))
dialogues = st.builds(record_of, systems, st.lists(st.tuples(asked, told), min_size=1, max_size=4))
rich_dialogues = st.builds(
    record_of,
    systems,
    st.lists(st.tuples(asked | shown, told | reasoned), min_size=1, max_size=3),
)
passages = st.builds(Passage, texts)
captioned = st.builds(
    CaptionedImage, places.map(lambda uri: Media("image", "png", uri)), st.text("aé \n", max_size=9)
)
prompts = st.builds(
    ReinforcementPrompt,
    systems,
    st.builds(
        lambda before, last: (*dialogue_turns(before), last),
        st.lists(st.tuples(asked, told), max_size=2),
        asked,
    ),
    texts,
    st.dictionaries(st.sampled_from(["id", "difficulty", "tests"]), values, max_size=3).map(
        lambda extra: json.dumps(extra, ensure_ascii=False)
    ),
)
