"""Parameters of the studies: what a YAML file may say, and what is wrong with it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import ErrorDetails

from gvc_helpers.involvement import REST_OF_WORLD
from gvc_helpers.io_table import IOTable, TableError, prepare
from gvc_helpers.sources import Database, SourceError, YearError, read_table

Key = tuple[str | int, ...]
Names = Annotated[list[str], Field(min_length=1)]


class ParameterError(ValueError):
    """One or more parameters are wrong; the message has a line for each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))


class Model(BaseModel):
    """What all parameters share: unknown keys are mistakes, and values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Source(Model):
    """Where the table is."""

    database: Database = "reconstruction"
    """Database that the table is from; the reconstruction ships with the package."""
    path: str | None = None
    """Folder of the table, relative to the folder that the command runs in."""

    @property
    def at_hand(self) -> bool:
        """Whether the folder of the table is there."""
        return self.path is None or Path(self.path).is_dir()


class Bloc(Model):
    """A group of countries, such as a customs union."""

    name: Annotated[str, Field(min_length=1)] = "the EAEU"
    """Name of the bloc as it stands in sentences, with its article: the EAEU, NAFTA."""
    members: Names = ["ARM", "BLR", "KAZ", "KGZ", "RUS"]
    """Codes of its members, as the table has them."""

    @property
    def label(self) -> str:
        """The name as it stands in tables."""
        return self.name.removeprefix("the ")


class EaeuVerticalSpecialization(Model):
    """Parameters of the study of vertical specialisation."""

    study: Literal["eaeu_vertical_specialization"] = "eaeu_vertical_specialization"
    """The study, which is the name of its notebook."""
    source: Source = Source()
    """Database and folder of the table."""
    year: Annotated[int, Field(ge=1900, le=2100)] = 2015
    """Year of the table."""
    earlier_year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    """Year to compare with, from the same source; empty for no comparison."""
    countries: Names | None = None
    """Countries to keep, the others becoming the rest of the world; empty for all."""
    focus: Annotated[list[str], Field(min_length=2)] = [
        "ARM",
        "BLR",
        "CHN",
        "DEU",
        "KAZ",
        "KGZ",
        "RUS",
        "UKR",
    ]
    """Countries that the report is about."""
    bloc: Bloc = Bloc()
    """Bloc whose inner chains are looked at."""
    sector_groups: dict[str, Names] = {}
    """Sectors to add up: the name of a group and its sectors; the others stay as they are."""
    agriculture_and_food: list[str] = [
        "Agriculture, forestry, fishing and aquaculture",
        "Food, beverages and tobacco",
    ]
    """Sectors (after adding up) of the section on agriculture and food."""
    balance: bool = True
    """Whether to balance the table, at the larger of a sector's gross output and gross inputs."""
    decimals: Annotated[int, Field(ge=0, le=6)] = 2
    """Decimals of the figures in the report."""

    @field_validator("earlier_year")
    @classmethod
    def _before_the_year(cls, value: int | None, info: ValidationInfo) -> int | None:
        year = info.data.get("year")
        if value is not None and year is not None and value >= year:
            raise ValueError(f"it must be before the year of the table, {year}")
        return value

    @field_validator("countries", "focus", "agriculture_and_food", "bloc", "sector_groups")
    @classmethod
    def _named_once_and_in_the_table(cls, value: Any, info: ValidationInfo) -> Any:
        kept = info.data.get("countries")
        countries = _labels(info, "countries") if kept is None else [*kept, "ROW"]
        if info.field_name == "countries":
            _require(value or [], "country", _labels(info, "countries"))
        elif info.field_name == "focus":
            _require(value, "country", [c for c in countries if c not in REST_OF_WORLD])
        elif info.field_name == "bloc":
            _require(value.members, "country", countries, key="members")
        elif info.field_name == "sector_groups":
            _require([s for group in value.values() for s in group], "sector", _labels(info, "sectors"))
        else:
            groups = info.data.get("sector_groups", {})
            grouped = {sector for group in groups.values() for sector in group}
            known = _labels(info, "sectors")
            _require(value, "sector", known and [*groups, *(s for s in known if s not in grouped)])
        return value


STUDIES: dict[str, type[EaeuVerticalSpecialization]] = {
    "eaeu_vertical_specialization": EaeuVerticalSpecialization
}


def load(file: str | Path, overrides: Iterable[tuple[str, str]] = ()) -> EaeuVerticalSpecialization:
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
    model = STUDIES.get(str(document.data.get("study")))
    if model is None:
        stated = document.data.get("study")
        raise ParameterError([document.problem(("study",), stated, f"allowed: {', '.join(STUDIES)}")])
    problems: list[str] = []
    table = _read_for_labels(document, problems)
    try:
        parameters = model.model_validate(document.data, context={"table": table})
    except ValidationError as errors:
        problems += [_message(document, error, model) for error in errors.errors()]
    if problems or table is None:
        raise ParameterError(problems)
    _prepare(parameters, table, document)
    return parameters


def sources_at_hand(file: str | Path) -> bool:
    """Tell whether the folder that a parameter file names is there; true if the file is wrong."""
    try:
        return Source.model_validate(_Document.read(Path(file)).data.get("source", {})).at_hand
    except (ParameterError, ValidationError):
        return True


def write_schemas(folder: str | Path) -> None:
    """Write the JSON schema of every study, for editors."""
    for name, model in STUDIES.items():
        schema = json.dumps(model.model_json_schema(), indent=2, ensure_ascii=False)
        Path(folder, f"{name}.schema.json").write_text(schema + "\n", encoding="utf-8")


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


def _read_for_labels(document: _Document, problems: list[str]) -> IOTable | None:
    """Read the table that a file names, to check labels against; what fails goes to `problems`."""
    try:
        source = Source.model_validate(document.data.get("source") or {})
        years = {key: int(document.data[key]) for key in ("year", "earlier_year") if document.data.get(key)}
    except (ValidationError, ValueError):
        return None  # the model will say so
    tables = []
    for key, year in years.items() or {"year": EaeuVerticalSpecialization().year}.items():
        try:
            tables.append(read_table(source.database, source.path, year))
        except (SourceError, TableError) as error:
            at = key if isinstance(error, YearError) else "source"
            problem = f"{document.where((at,))}: {at}: {error}"
            problems += [problem] * (problem not in problems)
    return tables[0] if tables else None


def _prepare(parameters: EaeuVerticalSpecialization, table: IOTable, document: _Document) -> None:
    """Prepare the table as a run will, so that what cannot be done is said before it starts."""
    p = parameters
    try:
        prepared, _ = prepare(table, p.countries, p.sector_groups, p.balance)
        prepared.require_balance()
    except TableError as error:
        raise ParameterError([f"{document.file}: {error}"]) from None


def _labels(info: ValidationInfo, what: Literal["countries", "sectors"]) -> list[str]:
    """Labels of the table that is validated against; none if there is no table."""
    table = (info.context or {}).get("table")
    return [] if table is None else list(getattr(table, what))


def _require(names: Sequence[str], what: str, allowed: Sequence[str], key: str = "") -> None:
    """Refuse names that stand twice or, where labels are known, are not among them."""
    at = f"{key}: " if key else ""
    faults = [f"{what} '{n}' stands twice" for n in dict.fromkeys(names) if list(names).count(n) > 1]
    unknown = [name for name in names if name not in allowed] if allowed else []
    faults += [f"{what} '{name}' is not in the table{_nearest(name, allowed)}" for name in unknown]
    if unknown:
        faults.append(f"allowed: {'; '.join(allowed)}")
    if faults:
        raise ValueError(at + "; ".join(faults))


def _message(document: _Document, error: ErrorDetails, model: type[BaseModel]) -> str:
    """Say what pydantic found in the words of somebody who edits a file."""
    key: Key = tuple(error["loc"])
    value = error["input"]
    if error["type"] == "extra_forbidden":
        allowed = _fields(model, key[:-1])
        return document.problem(
            key, str(key[-1]), f"there is no such key{_nearest(str(key[-1]), allowed)}; "
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


def _nearest(name: str, allowed: Sequence[str]) -> str:
    spelt = {label.casefold(): label for label in allowed}
    near = difflib.get_close_matches(name.casefold(), spelt, n=1)
    return f"; did you mean '{spelt[near[0]]}'?" if near else ""


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."


def _dotted(key: Key) -> str:
    parts: Iterator[str] = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in key)
    return "".join(parts).lstrip(".")
