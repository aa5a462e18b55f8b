"""YAML as people write it: texts, lists and mappings, with the line that each of them stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from gvc_helpers.errors import shortened
from gvc_helpers.files.text import FileError, decoded, file_content

Key = tuple[str | int, ...]
"""Names of keys, from the outermost in, and places in lists."""
LARGEST = 1_000_000
"""Characters that a document may have, with all that its aliases stand for written out."""
DEEPEST = 20
"""Lists and mappings that may stand in one another."""
UNPRINTABLE = re.compile(r"[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no text has: those of control, and halves of others."""


@dataclass(frozen=True)
class Document:
    """What a file says. All in it is text (None where it is empty), for who reads it to say what it means."""

    origin: str
    """The file, as messages name it."""
    content: Any
    """A text, a list or a mapping, with others inside; or None."""
    lines: dict[Key, int]
    """The line that each key, or item of a list, begins in."""

    def where(self, key: Key = ()) -> str:
        """Return the file and, if it has the key or what holds it, the line."""
        known = (self.lines[key[:n]] for n in range(len(key), 0, -1) if key[:n] in self.lines)
        line = next(known, None)
        return self.origin if line is None else f"{self.origin}, line {line}"


def read_yaml(file: Path) -> Document:
    """Read a YAML file of a user.

    Raises
    ------
    FileError
        When the file cannot be read, or holds what :func:`parse_yaml` refuses.
    """
    return parse_yaml(decoded(file_content(file, LARGEST), str(file)), str(file))


def parse_yaml(text: str, origin: str) -> Document:
    """Read a text in YAML, whose values stay text whatever they look like.

    Raises
    ------
    FileError
        Naming `origin` and the line: where the text is no YAML, too long or too deep, or has keys twice,
        keys that are no text, tags, aliases of what does not stand before them, several documents, or
        characters that cannot be shown.
    """
    if len(text) > LARGEST:
        raise FileError(f"{origin}: {len(text):,} characters are too many; {LARGEST:,} are allowed")
    if character := UNPRINTABLE.search(text):
        line = text.count("\n", 0, character.start()) + 1
        raise FileError(f"{origin}, line {line}: {_cannot_stand(character[0])}")
    builder = _Builder(origin, yaml.parse(text, Loader=yaml.BaseLoader))
    try:
        return Document(origin, builder.document(), builder.lines)
    except FileError:
        raise
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the last two of numbers in escapes
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f", line {mark.line + 1}"
        problem = shortened(str(getattr(error, "problem", error)), 200)
        raise FileError(f"{origin}{where}: not YAML: {problem}") from None


def dotted(key: Key) -> str:
    """A key as messages write it: bloc.members[2]."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{shortened(part)}" for part in key)
    return "".join(parts).removeprefix(".")


class _Builder:
    """Puts together what the parser of YAML finds, as long as it is what people write."""

    def __init__(self, origin: str, events: Iterator[Any]) -> None:
        self.origin, self.events = origin, events
        self.lines: dict[Key, int] = {}
        self.anchors: dict[str, tuple[Any, int, int]] = {}
        """What is named for aliases, with its size and its depth."""
        self.size = self.depth = 0
        """Characters and values so far, and how deep the value at hand reaches."""

    def document(self) -> Any:
        next(self.events)
        if isinstance(next(self.events), yaml.StreamEndEvent):
            return None
        content = self.value(next(self.events), ())
        next(self.events)
        if not isinstance(event := next(self.events), yaml.StreamEndEvent):
            self.refuse(event, "another document begins here; one is expected")
        return content

    def value(self, event: Any, key: Key) -> Any:
        self.lines[key] = _line(event)
        above, self.depth, size = self.depth, 0, self.size
        self.reach(event, key, 0)
        value = self.alias(event, key) if isinstance(event, yaml.AliasEvent) else self.untagged(event, key)
        if event.anchor is not None and not isinstance(event, yaml.AliasEvent):
            self.anchors[event.anchor] = value, self.size - size, self.depth - len(key)
        self.depth = max(above, self.depth)
        return value

    def alias(self, event: Any, key: Key) -> Any:
        if event.anchor not in self.anchors:
            self.refuse(event, f"'*{shortened(event.anchor)}' stands for nothing that comes before it")
        value, size, depth = self.anchors[event.anchor]
        self.grow(event, size)
        self.reach(event, key, depth)
        return deepcopy(value)

    def untagged(self, event: Any, key: Key) -> Any:
        if event.tag is not None:
            tag = shortened(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self.refuse(event, f"the tag '{tag}' has no meaning here; write the value alone")
        self.grow(event, 1)
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(key)
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(key)
        is_empty = event.style is None and event.value in ("", "~", "null")
        return None if is_empty else self.text(event)

    def mapping(self, key: Key) -> dict[str, Any]:
        result: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent) or event.tag is not None:
                self.refuse(event, "a name is expected before the colon")
            name = self.text(event)
            if name in result:
                self.refuse(event, f"{dotted((*key, name))}: stands twice")
            result[name] = self.value(next(self.events), (*key, name))
            self.lines[*key, name] = _line(event)
        return result

    def sequence(self, key: Key) -> list[Any]:
        result: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            result.append(self.value(event, (*key, len(result))))
        return result

    def text(self, event: Any) -> str:
        """Return a text as one line, as YAML itself does where it is not told to keep the breaks."""
        self.grow(event, len(event.value))
        if character := UNPRINTABLE.search(event.value):
            self.refuse(event, _cannot_stand(character[0]))
        return " ".join(line.strip() for line in event.value.splitlines() if line.strip())

    def grow(self, event: Any, size: int) -> None:
        self.size += size
        if self.size > LARGEST:
            self.refuse(event, f"with all aliases written out, there are more than {LARGEST:,} characters")

    def reach(self, event: Any, key: Key, depth: int) -> None:
        self.depth = max(self.depth, len(key) + depth)
        if self.depth > DEEPEST:
            self.refuse(event, f"more than {DEEPEST} lists and mappings stand in one another")

    def refuse(self, event: Any, problem: str) -> NoReturn:
        raise FileError(f"{self.origin}, line {_line(event)}: {problem}")


def _line(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1


def _cannot_stand(character: str) -> str:
    return f"the character {character!a} cannot stand in a text"
