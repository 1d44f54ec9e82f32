"""What the custom model can say: sentences of the completions, open where they copied."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from localcloud.bedrock.learner.entities import Entity, entities, kind_of
from localcloud.bedrock.learner.words import sentences, spans, words

_MOST_PHRASES = 4_000
_ALWAYS_COPIED = 0.9  # of the completions that hold the word have it from their prompt
_NOT_EVERYWHERE = 0.3  # of the prompts hold it, at most
_LONGEST_ENTITY = 4  # words
_SHORTEST_ECHO = 3  # words of a question's subject that an answer repeats
_ECHOED = 0.6  # of them, at least
_FITTING_WORD = 2.0  # what a shared word in front weighs against the distance in place


@dataclass(frozen=True)
class Slot:
    """Where a completion copied from its prompt."""

    source: Entity


@dataclass(frozen=True)
class Phrase:
    """A sentence or a whole completion; `place` is 0 for what opens a completion."""

    pieces: tuple[str | Slot, ...]
    place: float
    whole: bool

    @property
    def pattern(self) -> str:
        """The text with its slots shut; for counting words."""
        return "".join(piece if isinstance(piece, str) else " " for piece in self.pieces)

    @property
    def shape(self) -> str:
        """The same for phrases that differ only in what they copied."""
        return "".join(
            piece if isinstance(piece, str) else f"\0{piece.source.kind} {piece.source.before}\0"
            for piece in self.pieces
        )

    def filled(self, candidates: Sequence[Entity]) -> str | None:
        """The text for another prompt, None when it has nothing to put into a slot."""
        written: list[str] = []
        given: dict[str, str] = {}
        for piece in self.pieces:
            if isinstance(piece, str):
                written.append(piece)
                continue
            free = [item for item in candidates if item.written not in given.values()]
            filler = given.get(piece.source.written) or _best(piece.source, free)
            if filler is None:
                return None
            given[piece.source.written] = filler
            written.append(filler)
        text = "".join(written)
        return text[:1].upper() + text[1:] if self.pieces[0] == "" else text


def _best(source: Entity, candidates: Iterable[Entity]) -> str | None:
    def fit(entity: Entity) -> float:
        return _FITTING_WORD * (entity.before == source.before) - abs(entity.place - source.place)

    fitting = [entity for entity in candidates if entity.kind == source.kind]
    return max(fitting, key=fit).written if fitting else None


def collect_phrases(prompts: Sequence[str], completions: Sequence[str]) -> list[Phrase]:
    """Distinct completions and sentences, the commonest first."""
    copied = _copied_words(prompts, completions)
    counted: Counter[str] = Counter()
    phrases: dict[str, Phrase] = {}
    for prompt, completion in zip(prompts, completions, strict=True):
        sources = {entity.written: entity for entity in entities(prompt)}
        for part, place, whole in _parts(completion):
            phrase = Phrase(tuple(_pieces(part, sources, copied)), place, whole)
            counted[phrase.shape] += 1
            phrases.setdefault(phrase.shape, phrase)
    return [phrases[shape] for shape, _ in counted.most_common(_MOST_PHRASES)]


def _parts(completion: str) -> Iterable[tuple[str, float, bool]]:
    """The completion, then its sentences if it has several: text, place, whether whole."""
    yield completion.strip(), 0.0, True
    parts = sentences(completion)
    if len(parts) > 1:
        yield from ((part, index / len(parts), False) for index, part in enumerate(parts))


def _pieces(text: str, sources: dict[str, Entity], copied: set[str]) -> Iterable[str | Slot]:
    """The text cut at what it has from its prompt: the subject, or else the longest entities."""
    where = spans(text)
    subjects = [entity for entity in sources.values() if entity.kind == "subject"]
    start, length = _echo(text, subjects[0].written) if subjects else (0, 0)
    position = index = 0
    while index < len(where):
        taken = length if length and index == start else 0
        source = subjects[0] if taken else None
        if not taken:
            taken, source = _entity_at(text, where, index, sources, copied)
        if source:
            yield text[position : where[index][0]]
            yield Slot(source)
            position = where[index + taken - 1][1]
        index += max(1, taken)
    yield text[position:]


def _echo(text: str, subject: str) -> tuple[int, int]:
    """Where the text repeats most of the subject: first word and number of words."""
    said, asked = words(text), words(subject)
    match = SequenceMatcher(None, said, asked, autojunk=False).find_longest_match()
    enough = match.size >= max(_SHORTEST_ECHO, _ECHOED * len(asked))
    return (match.a, match.size) if enough else (0, 0)


def _entity_at(
    text: str,
    where: Sequence[tuple[int, int]],
    index: int,
    sources: dict[str, Entity],
    copied: set[str],
) -> tuple[int, Entity | None]:
    """How many words from here on are one entity of the prompt, and which."""
    for length in range(min(_LONGEST_ENTITY, len(where) - index), 0, -1):
        written = text[where[index][0] : where[index + length - 1][1]]
        if written in sources and any(word in copied for word in words(written)):
            return length, sources[written]
    return 0, None


def _copied_words(prompts: Sequence[str], completions: Sequence[str]) -> set[str]:
    """Marked words that completions take from their own prompt and have from nowhere else."""
    held: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    offered: Counter[str] = Counter()
    for prompt, completion in zip(prompts, completions, strict=True):
        there = set(words(prompt))
        offered.update(there)
        written = {completion[start:end] for start, end in spans(completion)}
        marked = {word.lower() for word in written if kind_of(word)}
        held.update(marked)
        taken.update(marked & there)
    most = max(2.0, _NOT_EVERYWHERE * len(prompts))
    return {
        word
        for word, count in taken.items()
        if count >= _ALWAYS_COPIED * held[word] and offered[word] <= most
    }
