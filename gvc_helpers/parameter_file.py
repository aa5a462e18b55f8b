"""A parameter file: what it says, and what is wrong with it, in the words of somebody who edits it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gvc_helpers.parameters import STUDIES
from gvc_helpers.study import Study, nearest

Key = tuple[str | int, ...]


class ParameterError(ValueError):
    """One or more parameters are wrong; the message has a line for each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))


def load(file: str | Path, overrides: Iterable[tuple[str, str]] = ()) -> Study:
    """Read and validate a parameter file, its data included, before anything runs.

    Everything in the file is text until the model says what it is, so that ``NO`` is Norway where a
    country is meant and false where a switch is, and ``1e-3`` is a number where one is meant.

    Parameters
    ----------
    file : str or Path
        A YAML file.
    overrides : iterable of (str, str)
        Names (dotted for nested ones) and values, in YAML, that replace those of the file.

    Raises
    ------
    ParameterError
        With a line for every mistake: file, line, key, value and what is allowed.
    """
    document = _Document.read(Path(file))
    for name, value in overrides:
        document.override(name, value)
    model = document.study()
    data, found = model.read_data(document.data)
    problems = [f"{document.where((key,))}: {key}: {text}" if key else text for key, text in found]
    try:
        parameters = model.model_validate(document.data, context=data)
    except ValidationError as errors:
        problems += [_message(document, error, model) for error in errors.errors()]
    if problems:
        raise ParameterError(problems)
    try:
        parameters.prepare(data)
    except ValueError as error:
        raise ParameterError([f"{document.file}: {error}"]) from None
    return parameters


def data_at_hand(file: str | Path) -> bool:
    """Tell whether the data that a parameter file names is there; true if the file is wrong."""
    try:
        document = _Document.read(Path(file))
        return document.study().at_hand(document.data)
    except (ParameterError, ValidationError):
        return True


# What is in the file ------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Document:
    """The content of a YAML file as text, lists and mappings, and the line that each key stands in."""

    file: Path
    data: dict[str, Any]
    lines: dict[Key, int]

    @classmethod
    def read(cls, file: Path) -> _Document:
        try:
            text = file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            raise ParameterError([f"{file}: the file is not in UTF-8; save it in that encoding"]) from None
        except OSError as error:
            raise ParameterError([f"{file}: {error.strerror}"]) from None
        lines: dict[Key, int] = {}
        data = _plain(_compose(text, str(file)), (), lines, str(file))
        if not isinstance(data, dict):
            raise ParameterError([f"{file}: the file must consist of 'name: value' lines"])
        return cls(file, data, lines)

    def override(self, name: str, text: str) -> None:
        """Set a value given on the command line."""
        *parents, last = name.split(".")
        inner = self.data
        for parent in parents:
            if not isinstance(inner.get(parent), dict):
                inner[parent] = {}
            inner = inner[parent]
        inner[last] = _plain(_compose(text, f"-p {name}"), (), {}, f"-p {name}")
        for key in [key for key in self.lines if key[: len(parents) + 1] == (*parents, last)]:
            del self.lines[key]

    def study(self) -> type[Study]:
        """Find the model of the study that the file names."""
        stated = self.data.get("study")
        if str(stated) not in STUDIES:
            raise ParameterError([self.problem(("study",), stated, f"allowed: {', '.join(STUDIES)}")])
        return STUDIES[str(stated)]

    def problem(self, key: Key, value: object, allowed: str) -> str:
        """One line about one mistake."""
        shown = "is missing" if value is None else f"{_shown(value)} is not allowed"
        return f"{self.where(key)}: {_dotted(key)}: {shown}; {allowed}"

    def where(self, key: Key) -> str:
        """Return the file and, if it has the key or what holds it, the line."""
        known = (self.lines[key[:n]] for n in range(len(key), 0, -1) if key[:n] in self.lines)
        line = next(known, None)
        return str(self.file) if line is None else f"{self.file}, line {line}"


def _compose(text: str, origin: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f", line {mark.line + 1}"
        raise ParameterError([f"{origin}{where}: not YAML: {getattr(error, 'problem', error)}"]) from None


def _plain(node: yaml.Node | None, key: Key, lines: dict[Key, int], origin: str) -> Any:
    """Turn YAML nodes into dicts, lists and text, refusing a key that stands twice."""
    if node is None:
        return None
    lines[key] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for name_node, value_node in node.value:
            name = str(name_node.value)
            line = name_node.start_mark.line + 1
            if name in result:
                raise ParameterError([f"{origin}, line {line}: {_dotted((*key, name))}: stands twice"])
            result[name] = _plain(value_node, (*key, name), lines, origin)
            lines[(*key, name)] = line
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*key, i), lines, origin) for i, item in enumerate(node.value)]
    empty = getattr(node, "style", None) is None and node.value in ("", "~", "null")
    return None if empty else node.value


# What is wrong with it ----------------------------------------------------------------------------


def _message(document: _Document, error: ErrorDetails, model: type[BaseModel]) -> str:
    """Say what pydantic found in the words of somebody who edits a file."""
    key: Key = tuple(part for part in error["loc"] if not str(part).startswith(("(", "[")))
    value = error["input"]
    if error["type"] == "extra_forbidden":
        allowed = _fields(model, key[:-1])
        return document.problem(
            key, str(key[-1]), f"there is no such key{nearest(str(key[-1]), allowed)}; "
            f"allowed: {', '.join(allowed)}"
        )  # fmt: skip
    if error["type"] == "value_error":
        return document.problem(key, value, str(error["ctx"]["error"]))
    expected = {
        "int_parsing": "a whole number is expected",
        "float_parsing": "a number is expected",
        "bool_parsing": "yes or no is expected",
        "string_type": "a text is expected; a word such as NO may need quotes",
        "list_type": "a list is expected, such as [ARM, BLR]",
        "model_type": "nested 'name: value' lines are expected",
        "dict_type": "nested 'name: value' lines are expected",
        "missing": "it must be given",
        "too_short": f"at least {error.get('ctx', {}).get('min_length')} must be named",
        "string_too_short": "a text is expected",
    }.get(error["type"], error["msg"].replace("Input should be", "it should be"))
    return document.problem(key, value, expected)


def _fields(model: type[BaseModel], key: Key) -> list[str]:
    """Names of the keys allowed below `key`."""
    for part in key:
        annotation = model.model_fields[str(part)].annotation
        options = (annotation, *get_args(annotation))
        model = next(o for o in options if isinstance(o, type) and issubclass(o, BaseModel))
    return list(model.model_fields)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."


def _dotted(key: Key) -> str:
    parts: Iterator[str] = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in key)
    return "".join(parts).lstrip(".")
