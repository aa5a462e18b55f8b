"""Parameters of the studies: what each may be asked, of which data, and what it says of them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from gvc_helpers.involvement import REST_OF_WORLD
from gvc_helpers.io_table import IOTable, TableError, prepare
from gvc_helpers.sources import Database, SourceError, YearError, fingerprint, read_table

Names = Annotated[list[str], Field(min_length=1)]
Year = Annotated[int, Field(ge=1900, le=2100)]
Problem = tuple[str, str]
"""A key of a parameter file, and what is wrong with the data that it names."""


class Model(BaseModel):
    """What all parameters share: unknown keys are mistakes, and values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Study(Model):
    """What all studies are asked, and what a run wants to know of each."""

    study: str
    """The study, which is the name of its notebook."""
    decimals: Annotated[int, Field(ge=0, le=6)] = 2
    """Decimals of the figures in the report."""

    @classmethod
    def at_hand(cls, given: Mapping[str, Any]) -> bool:
        """Tell whether the data that a parameter file names is there."""
        raise NotImplementedError

    @classmethod
    def read_data(cls, given: Mapping[str, Any]) -> tuple[Any, list[Problem]]:
        """Read the data that a parameter file names, to validate the rest of the file against.

        Returns
        -------
        data : object or None
            None where nothing could be read.
        problems : list of (str, str)
            The key of what is wrong, empty where the message names a file itself; and the message.
        """
        raise NotImplementedError

    def prepare(self, data: Any) -> None:
        """Prepare the data as a run will, so that what cannot be done is said before it starts."""

    @property
    def reconstructed(self) -> bool:
        """Whether the data is made from printed figures."""
        raise NotImplementedError

    def fingerprints(self) -> dict[str, str]:
        """SHA-256 of the files of the data, by what they are of."""
        raise NotImplementedError


# Vertical specialisation --------------------------------------------------------------------------


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


class EaeuVerticalSpecialization(Study):
    """Parameters of the study of vertical specialisation."""

    study: Literal["eaeu_vertical_specialization"] = "eaeu_vertical_specialization"
    source: Source = Source()
    """Database and folder of the table."""
    year: Year = 2015
    """Year of the table."""
    earlier_year: Year | None = None
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

    @classmethod
    def at_hand(cls, given: Mapping[str, Any]) -> bool:
        """Tell whether the folder of the table is there."""
        return Source.model_validate(given.get("source") or {}).at_hand

    @classmethod
    def read_data(cls, given: Mapping[str, Any]) -> tuple[IOTable | None, list[Problem]]:
        """Read the table of the year and that of the earlier year."""
        try:
            source = Source.model_validate(given.get("source") or {})
            years = {key: int(given[key]) for key in ("year", "earlier_year") if given.get(key)}
        except (ValidationError, ValueError):
            return None, []  # the model will say so
        tables: list[IOTable] = []
        problems: list[Problem] = []
        for key, year in years.items() or {"year": cls().year}.items():
            try:
                tables.append(read_table(source.database, source.path, year))
            except (SourceError, TableError) as error:
                problem = ("source" if not isinstance(error, YearError) else key, str(error))
                problems += [problem] * (problem not in problems)
        return (tables[0] if tables else None), problems

    def prepare(self, data: IOTable) -> None:
        """Keep, add up and balance, as the run will."""
        prepared, _ = prepare(data, self.countries, self.sector_groups, self.balance)
        prepared.require_balance()

    @property
    def reconstructed(self) -> bool:
        """Whether the table is the one that ships."""
        return self.source.database == "reconstruction"

    def fingerprints(self) -> dict[str, str]:
        """SHA-256 of the files of each year."""
        years = [year for year in (self.year, self.earlier_year) if year is not None]
        return {str(year): fingerprint(self.source.database, self.source.path, year) for year in years}


STUDIES: dict[str, type[Study]] = {
    "eaeu_vertical_specialization": EaeuVerticalSpecialization,
}


def write_schemas(folder: str | Path) -> None:
    """Write the JSON schema of every study, for editors."""
    for name, model in STUDIES.items():
        schema = json.dumps(model.model_json_schema(), indent=2, ensure_ascii=False)
        Path(folder, f"{name}.schema.json").write_text(schema + "\n", encoding="utf-8")


# Checks of names ---------------------------------------------------------------------------------


def _labels(info: ValidationInfo, what: Literal["countries", "sectors"]) -> list[str]:
    """Labels of the table that is validated against; none if there is no table."""
    table = info.context
    return [] if table is None else list(getattr(table, what))


def _require(names: Sequence[str], what: str, allowed: Sequence[str], key: str = "") -> None:
    """Refuse names that stand twice or, where labels are known, are not among them."""
    at = f"{key}: " if key else ""
    faults = [f"{what} '{n}' stands twice" for n in dict.fromkeys(names) if list(names).count(n) > 1]
    unknown = [name for name in names if name not in allowed] if allowed else []
    faults += [f"{what} '{name}' is not in the table{nearest(name, allowed)}" for name in unknown]
    if unknown:
        faults.append(f"allowed: {'; '.join(allowed)}")
    if faults:
        raise ValueError(at + "; ".join(faults))


def nearest(name: str, allowed: Sequence[str]) -> str:
    """Suggest what may have been meant, as the end of a message; nothing if nothing is near."""
    spelt = {label.casefold(): label for label in allowed}
    near = difflib.get_close_matches(name.casefold(), spelt, n=1)
    return f"; did you mean '{spelt[near[0]]}'?" if near else ""
