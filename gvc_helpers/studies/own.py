"""A study of one's own: a notebook, whose parameters are those of its tagged cell."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import create_model

from gvc_helpers.errors import GvcError, quoted
from gvc_helpers.files.text import write_new
from gvc_helpers.studies.base import Model, Problem, Study, Text

TAG = "parameters"
"""Tag of the cell that holds the parameters, as papermill looks for it."""
SKELETON = Path(__file__).parents[1] / "data" / "template" / "study.json"
"""The cells that a new study begins with."""


class OwnStudy(Study):
    """What a report wants to know of a study that reads its data itself."""

    @classmethod
    def read_data(cls, given: Mapping[str, Any]) -> tuple[None, list[Problem]]:
        """Read nothing ahead of the notebook."""
        return None, []

    @property
    def reconstructed(self) -> bool:
        """Whether its data is made from printed figures, which only its notebook knows."""
        return False

    def fingerprints(self) -> dict[str, str]:
        """SHA-256 of its files, which only its notebook knows."""
        return {}


def model_from(values: Mapping[str, Any]) -> type[Study]:
    """Make the model of the parameters of a study from their defaults: a value is of its default's kind."""
    kinds = {name: Annotated[info.annotation, info] for name, info in OwnStudy.model_fields.items()}
    fields: dict[str, Any] = {
        name: (kinds[name] if name in kinds else _kind(value), value) for name, value in values.items()
    }
    model: type[Study] = create_model("OwnParameters", __base__=OwnStudy, **fields)
    return model


def _kind(value: Any) -> Any:
    if isinstance(value, dict) and value and all(str(key).isidentifier() for key in value):
        fields: dict[str, Any] = {str(key): (_kind(inner), inner) for key, inner in value.items()}
        return create_model("Nested", __base__=Model, __config__=None, **fields)
    if isinstance(value, list):
        kinds = {_kind(item) for item in value if not isinstance(item, dict | list)}
        return list[kinds.pop()] if len(kinds) == 1 else list[Any]  # type: ignore[misc]
    return {bool: bool, int: int, float: float, str: Text}.get(type(value), Any)


def cell_parameters(notebook: Path) -> dict[str, Any]:
    """Read the parameters of a notebook from its tagged cell.

    Raises
    ------
    GvcError
        When the notebook cannot be read, has no such cell, or a parameter is not a plain value.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        source = next(c["source"] for c in cells if TAG in c.get("metadata", {}).get("tags", []))
        tree = ast.parse("".join(source))
    except StopIteration:
        raise GvcError(f"{notebook}: no cell has the tag '{TAG}'") from None
    except (OSError, ValueError, KeyError, TypeError, SyntaxError) as error:
        raise GvcError(f"{notebook}: the notebook cannot be read: {error}") from None
    values: dict[str, Any] = {}
    for line in tree.body:
        try:
            (target,) = line.targets  # type: ignore[attr-defined]
            values[target.id] = ast.literal_eval(line.value)  # type: ignore[attr-defined]
        except (AttributeError, ValueError):
            code = quoted(ast.unparse(line))
            raise GvcError(
                f"{notebook}: {code} in the cell '{TAG}' is not of the form name = plain value"
            ) from None
    return values


def write_study(name: str, folder: Path) -> list[Path]:
    """Lay out a study: a notebook that runs, and a file of its parameters.

    Raises
    ------
    GvcError
        When the name is none, or there are such files already.
    """
    if not name.isidentifier():
        raise GvcError(f"{quoted(name)} is no name of a study; letters, digits and _ are allowed")
    text = SKELETON.read_text(encoding="utf-8").replace("{name}", name)
    notebook = json.loads(text)
    parameters = [f"study: {name}", "year: 2015", "focus: [ARM, BLR, KAZ, KGZ, RUS]", "decimals: 1"]
    return write_new(
        folder,
        {
            f"{name}.ipynb": (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode(),
            f"{name}.yaml": ("\n".join(parameters) + "\n").encode(),
        },
    )
