"""What the assistant says before any customization: generic, and from the prompt alone."""

import re
from collections import Counter

from localcloud.bedrock.learner.entities import entities
from localcloud.bedrock.learner.words import sentences, stem, words

_OPTIONS = re.compile(
    r"(?:one of|categor(?:y|ies)|labels?|classes|queues?|options?|teams?)\b[^:\n.]{0,40}[:(]\s*"
    r"([^.\n)]+(?:,| or )[^.\n)]+)",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"^[#\w][\w #.]{0,20}: ")
_OPENING_WORDS = 24
_SHORT_WORDS = 4


def base_answer(system: str | None, prompt: str) -> str:
    """The untuned assistant's answer; the same for the same request."""
    body = _body(prompt)
    options = _options(f"{system or ''}\n{prompt}")
    if options:
        return f"This looks like {_likeliest(options, body)}."
    said = [_SPEAKER.sub("", sentence) for sentence in sentences(body)]
    if not said:
        return "Could you tell me more about what you need?"
    if len(said) == 1 or len(words(body)) < _OPENING_WORDS:
        return _on_one_point(said[0])
    return f"Here is what matters most in this text: {' '.join(_central(said))}"


def _body(prompt: str) -> str:
    """The prompt without the instruction that it opens with, if it opens with one."""
    head, _, rest = prompt.strip().partition("\n")
    return rest.strip() if len(words(rest)) > len(words(head)) else prompt.strip()


def _options(text: str) -> list[str]:
    found = _OPTIONS.search(text)
    if not found:
        return []
    return [option.strip(" \"'`") for option in re.split(r",|\bor\b", found[1]) if option.strip()]


def _likeliest(options: list[str], body: str) -> str:
    counts = Counter(map(stem, words(body)))
    return max(options, key=lambda option: sum(counts[stem(word)] for word in words(option)))


def _on_one_point(sentence: str) -> str:
    names = [entity.written for entity in entities(sentence) if entity.kind == "name"][:2]
    if sentence.endswith("?"):
        topic = " and ".join(names) or "this"
        return f"Good question! With {topic}, it depends on your situation. Can you tell me more?"
    return f"Thank you for your message. You write: {sentence.rstrip('. ')}. I will look into it."


def _central(said: list[str]) -> list[str]:
    """The two sentences that share most words with the rest, in their order."""
    counts = Counter(stem(word) for sentence in said for word in set(words(sentence)))

    def weight(sentence: str) -> float:
        own = {stem(word) for word in words(sentence) if len(word) >= _SHORT_WORDS}
        return sum(counts[word] for word in own) / (len(words(sentence)) + 5)

    chosen = sorted(range(len(said)), key=lambda index: -weight(said[index]))[:2]
    return [said[index] for index in sorted(chosen)]
