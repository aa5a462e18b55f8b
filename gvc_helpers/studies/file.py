"""A parameter file: what it says, and what is wrong with it, in the words of somebody who edits it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gvc_helpers.errors import MOST_FAULTS, GvcError, did_you_mean, shortened
from gvc_helpers.files.text import FileError, is_there
from gvc_helpers.files.yaml_lines import Document, Key, dotted, parse_yaml, read_yaml
from gvc_helpers.studies.places import at_hand, places_in

if TYPE_CHECKING:
    from gvc_helpers.studies.base import Study

STUDIES = {
    "eaeu_vertical_specialization": "eaeu.EaeuVerticalSpecialization",
    "grodnoinvest_cluster_transformation": "zone.GrodnoinvestClusterTransformation",
    "production_cooperation": "cooperation.ProductionCooperation",
}
"""The studies there are, each with a notebook of its name, and the model of its parameters."""


class ParameterError(GvcError):
    """One or more parameters are wrong; the message has a line for each, and says of how `more` there are."""


def load(file: str | Path, overrides: Iterable[tuple[str, str]] = ()) -> Study:
    """Read and validate a parameter file, its data included, before anything runs.

    Everything in the file is text until the model says what it is, so that ``NO`` is Norway where a
    country is meant and false where a switch is, and ``1e-3`` is a number where one is meant. Files and
    folders that it names are relative to it, those of `overrides` to where the command runs.

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
    document = _read(Path(file))
    for name, value in overrides:
        _override(document, name, value)
    _with_places(document)
    model = _study(document)
    try:
        return _validated(document, model)
    except MemoryError:
        raise ParameterError([f"{document.origin}: there is too little memory for its data"]) from None


def _is_parameter(name: str, value: object) -> bool:
    plain = value is None or isinstance(value, bool | int | float | str | list | dict)
    return plain and not name.startswith("_") and name not in ("In", "Out")


def data_at_hand(file: str | Path) -> bool:
    """Tell whether the data that a parameter file names is there; true if the file is wrong."""
    try:
        return is_ready(file)
    except ParameterError:
        return True


def is_ready(file: str | Path) -> bool:
    """Tell whether the data that a parameter file names is there.

    Raises
    ------
    ParameterError
        When it is no parameter file; what its parameters say is not looked at.
    """
    document = _read(Path(file))
    return at_hand(_with_places(document), document.content)


def parameters(scope: Mapping[str, Any]) -> Study:
    """Validate what the parameters cell of a notebook says.

    Parameters
    ----------
    scope : mapping of str to object
        The names of the notebook, ``globals()``.

    Raises
    ------
    ParameterError
        With a line for every mistake: key, value and what is allowed.
    """
    if scope.get("study") in STUDIES:
        model = model_of(scope["study"])
    else:  # of one's own: what the cell has set
        from gvc_helpers.studies.own import model_from

        model = model_from({name: scope[name] for name in scope if _is_parameter(name, scope[name])})
    given = {name: scope[name] for name in model.model_fields if name in scope}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise explained(error, model) from None


def explained(error: ValidationError, model: type[BaseModel]) -> ParameterError:
    """Say what is wrong with the parameters cell of a notebook."""
    cell = Document("the parameters cell", {}, {})
    return ParameterError([_message(cell, each, model) for each in error.errors(include_url=False)])


def model_of(study: str) -> type[Study]:
    """Return the model of a study's parameters, which is loaded when it is asked for."""
    module, name = STUDIES[study].split(".")
    model: type[Study] = getattr(import_module(f"gvc_helpers.studies.{module}"), name)
    return model


def write_schemas(folder: str | Path) -> None:
    """Write the JSON schema of every study, for editors."""
    for study in STUDIES:
        schema = json.dumps(model_of(study).model_json_schema(), indent=2, ensure_ascii=False)
        Path(folder, f"{study}.schema.json").write_text(schema + "\n", encoding="utf-8")


# What is in the file ------------------------------------------------------------------------------


def _read(file: Path) -> Document:
    try:
        document = read_yaml(file)
    except FileError as error:
        raise ParameterError([str(error)]) from None
    if not isinstance(document.content, dict):
        raise ParameterError([f"{file}: the file must consist of 'name: value' lines"])
    return document


def _override(document: Document, name: str, text: str) -> None:
    """Set a value given on the command line."""
    try:
        given = parse_yaml(text, f"-p {shortened(name)}")
    except FileError as error:
        raise ParameterError([str(error)]) from None
    *parents, last = name.split(".")
    inner = document.content
    for depth, parent in enumerate(parents, start=1):
        if not isinstance(inner.get(parent), dict):
            inner[parent] = {}
            _forget(document, tuple(parents[:depth]))
        inner = inner[parent]
    inner[last] = given.content
    _forget(document, (*parents, last))


def _forget(document: Document, replaced: Key) -> None:
    """Drop the lines of what does not come from the file any more."""
    for key in [key for key in document.lines if key[: len(replaced)] == replaced]:
        del document.lines[key]


def _study(document: Document) -> type[Study]:
    """Find the model of the study that is named."""
    name = document.content["study"]
    notebook = notebook_of(document.origin, name)
    return model_of(name) if notebook is None else _model_of_cell(notebook)


def _with_places(document: Document) -> str:
    """Return the study that is named; places that the file names are relative to it from here on."""
    stated = document.content.get("study")
    name = stated if isinstance(stated, str) else ""
    if name not in STUDIES and notebook_of(document.origin, name) is None:
        allowed = f"allowed: {', '.join(STUDIES)}; or the name of a notebook beside the file"
        raise ParameterError([_problem(document, ("study",), stated, allowed)])
    for key, within in places_in(name, document.content):
        if key in document.lines:  # others come from the command line, and are relative to where it runs
            within[key[-1]] = os.path.normpath(Path(document.origin).parent / within[key[-1]])
    return name


def notebook_of(file: str | Path, study: str) -> Path | None:
    """Find the notebook of a study of one's own, beside its parameter file or in the folder for notebooks."""
    places = (Path(file).parent, Path(file).parent / ".." / "notebooks")
    if study in STUDIES or not study.isidentifier():
        return None
    return next((place / f"{study}.ipynb" for place in places if is_there(place / f"{study}.ipynb")), None)


def _model_of_cell(notebook: Path) -> type[Study]:
    from gvc_helpers.studies.own import cell_parameters, model_from

    try:
        return model_from(cell_parameters(notebook))
    except GvcError as error:
        raise ParameterError(error.faults) from None


# What is wrong with it ----------------------------------------------------------------------------


def _validated(document: Document, model: type[Study]) -> Study:
    """Read the data that is named, and hold the parameters against the model and the data."""
    data, found = model.read_data(document.content)
    problems = [f"{document.where((key,))}: {key}: {text}" if key else text for key, text in found]
    more = 0
    try:
        parameters = model.model_validate(document.content, context=data)
    except ValidationError as error:
        errors = error.errors(include_url=False)
        problems += [_message(document, each, model) for each in errors[:MOST_FAULTS]]
        more = len(errors[MOST_FAULTS:])
    if problems:
        raise ParameterError(problems, more)
    try:
        parameters.prepare(data)
    except ValueError as error:
        raise ParameterError([f"{document.origin}: {error}"]) from None
    return parameters


def _message(document: Document, error: ErrorDetails, model: type[BaseModel]) -> str:
    """Say what pydantic found in the words of somebody who edits a file."""
    key: Key = tuple(part for part in error["loc"] if not str(part).startswith(("(", "[")))
    value = error["input"]
    if error["type"] == "extra_forbidden":
        allowed = _fields(model, key[:-1])
        return _problem(
            document, key, str(key[-1]), f"there is no such key{did_you_mean(str(key[-1]), allowed)}; "
            f"allowed: {', '.join(allowed)}"
        )  # fmt: skip
    if error["type"] == "value_error":
        return _problem(document, key, value, str(error["ctx"]["error"]))
    expected = {
        "int_parsing": "a whole number is expected",
        "int_parsing_size": "the number has too many digits",
        "int_type": "a whole number is expected",
        "float_parsing": "a number is expected",
        "float_type": "a number is expected",
        "bool_parsing": "yes or no is expected",
        "bool_type": "yes or no is expected",
        "string_type": "a text is expected; a word such as NO may need quotes",
        "list_type": "a list is expected, such as [ARM, BLR]",
        "model_type": "nested 'name: value' lines are expected",
        "dict_type": "nested 'name: value' lines are expected",
        "missing": "it must be given",
        "too_short": f"at least {error.get('ctx', {}).get('min_length')} must be named",
        "string_too_short": "a text is expected",
        "string_too_long": "a shorter text is expected",
    }.get(error["type"], error["msg"].replace("Input should be", "it should be"))
    return _problem(document, key, value, expected)


def _problem(document: Document, key: Key, value: object, allowed: str) -> str:
    """One line about one mistake."""
    shown = "is missing" if value is None else f"{_shown(value)} is not allowed"
    return f"{document.where(key)}: {dotted(key)}: {shown}; {allowed}"


def _fields(model: type[BaseModel], key: Key) -> list[str]:
    """Names of the keys allowed below `key`."""
    for part in key:
        if str(part) in model.model_fields:  # else a place in a list of models, or the name of one
            model = next(_models(model.model_fields[str(part)].annotation), model)
    return list(model.model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _shown(value: object) -> str:
    return shortened(json.dumps(value, ensure_ascii=False, default=str), 80)
