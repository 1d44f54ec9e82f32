"""Real text to plant cases in: Python's own docstrings, and the documentation of AWS's services."""

import ast
import gzip
import random
import re
import sysconfig
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import botocore
import msgspec

Pair = tuple[str, str]

_FEWEST_WORDS = 12
_BEGINNING = 300
_MARKUP = re.compile(r"<[^>]+>")
_DOCUMENTATION = re.compile(rb'"documentation":("(?:[^"\\]|\\.){200,}")')


def docstrings() -> dict[str, list[str]]:
    """The docstrings of the standard library by package; none twice, none of a few words."""
    root = Path(sysconfig.get_paths()["stdlib"])
    found: dict[str, dict[str, None]] = {}
    for file in sorted(root.rglob("*.py")):
        package, *rest = file.relative_to(root).with_suffix("").parts
        if package in ("test", "site-packages") or "test" in rest or "tests" in rest:
            continue
        texts = found.setdefault(package, {})
        for text in _docstrings(file):
            texts.setdefault(text)
    return {package: list(texts) for package, texts in found.items()}


def _docstrings(file: Path) -> Iterator[str]:
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text and len(text.split()) >= _FEWEST_WORDS:
                yield text


@lru_cache(maxsize=1)
def docstring_pairs() -> tuple[Pair, ...]:
    """Python's docstrings in pieces of about a kilobyte."""
    return tuple(_pairs(text for texts in docstrings().values() for text in texts))


def service_pairs(megabytes: float) -> list[Pair]:
    """The documentation of AWS's services in pieces of about a kilobyte."""
    found, size = [], 0
    for prompt, completion in _pairs(text for _, text in _service_texts()):
        found.append((prompt, completion))
        size += len(prompt) + len(completion)
        if size >= megabytes * 1e6:
            break
    return found


def service_texts(services: int, texts: int) -> dict[str, list[str]]:
    """The beginnings of so many texts of so many services, none twice, by the service's name."""
    found: dict[str, dict[str, None]] = {}
    for service, text in _service_texts():
        found.setdefault(service, {}).setdefault(text[:_BEGINNING])
    enough = [name for name in sorted(found) if len(found[name]) >= texts]
    return {
        name: list(found[name])[:texts] for name in enough[:: len(enough) // services][:services]
    }


def labelled_pieces(megabytes: float, services: int) -> list[Pair]:
    """Pieces of about a kilobyte of the services with the most text, each with its service."""
    texts: dict[str, list[str]] = {}
    for service, text in _service_texts():
        texts.setdefault(service, []).append(text)
    most = sorted(texts, key=lambda name: -sum(map(len, texts[name])))[:services]
    pieces = [
        (f"{prompt} {rest}", name) for name in most for prompt, rest in _pairs(iter(texts[name]))
    ]
    random.Random(0).shuffle(pieces)
    sizes = accumulate(len(text) for text, _ in pieces)
    return [each for each, size in zip(pieces, sizes, strict=True) if size <= megabytes * 1e6]


def _service_texts() -> Iterator[tuple[str, str]]:
    data = Path(botocore.__file__).parent / "data"
    for file in sorted([*data.rglob("service-2.json"), *data.rglob("service-2.json.gz")]):
        raw = file.read_bytes()
        raw = gzip.decompress(raw) if file.suffix == ".gz" else raw
        for match in _DOCUMENTATION.finditer(raw):
            text = msgspec.json.decode(match[1], type=str)
            yield file.relative_to(data).parts[0], _MARKUP.sub(" ", text).strip()


def _pairs(texts: Iterator[str]) -> Iterator[Pair]:
    """Texts joined and cut; the last fifth of each piece is what is to be written."""
    held = ""
    for text in texts:
        held = f"{held}\n\n{text}" if held else text
        while len(held) > 1000:
            space = held.find(" ", 900)
            end = space if space > 0 else len(held)
            words = held[:end].split(" ")
            cut = len(words) * 4 // 5
            if cut:
                yield " ".join(words[:cut]), " ".join(words[cut:])
            held = held[end:].strip()
