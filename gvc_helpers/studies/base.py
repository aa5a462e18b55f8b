"""What every study is asked, and what a run wants to know of it; studies of a table have more in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    ValidationInfo,
    create_model,
    field_validator,
)

from gvc_helpers.databases.files import SourceError, YearError
from gvc_helpers.databases.read import Database, fingerprint, read_table
from gvc_helpers.errors import did_you_mean, quoted
from gvc_helpers.files.text import digest_as_read, is_there
from gvc_helpers.studies.places import GROUPS, places_in
from gvc_helpers.tables.io_table import IOTable, TableError
from gvc_helpers.tables.labels import ConcordanceError, Level, expand
from gvc_helpers.tables.prepare import Prepared, named_groups, prepare

Text = Annotated[str, Field(min_length=1, max_length=1000)]
Names = Annotated[list[Text], Field(min_length=1)]
Year = Annotated[int, Field(ge=1900, le=2100)]
Weight = Annotated[float, Field(ge=0, le=1000)]
Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]
SectorGroups = Annotated[
    Annotated[dict[Text, Names], Tag("(groups)")] | Annotated[Text, Tag("(name)")],
    Discriminator(lambda value: "(name)" if isinstance(value, str) else "(groups)"),
]
"""Groups with their sectors, or the name of groups; tags in brackets do not stand in messages."""
MOST_NAMED = 10
"""Faults of one list that a message names."""
Problem = tuple[str, str]
"""A key of a parameter file, and what is wrong with the data that it names."""


class Model(BaseModel):
    """What all parameters share: unknown keys are mistakes, numbers are finite, and values do not change."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
        allow_inf_nan=False,
        str_strip_whitespace=True,
    )


class Study(Model):
    """What all studies are asked, and what a run wants to know of each."""

    study: str
    """The study, which is the name of its notebook."""
    decimals: Annotated[int, Field(ge=0, le=6)] = 2
    """Decimals of the figures in the report."""

    @classmethod
    def part(cls, given: Mapping[str, Any], *keys: str) -> Any:
        """Validate some keys of a parameter file ahead of the others, by themselves.

        Returns
        -------
        object or None
            With an attribute for each key; None if one of them is wrong, which the whole model will say.
        """
        known = cls.model_fields
        fields: dict[str, Any] = {key: (known[key].annotation, known[key]) for key in keys}
        try:
            return create_model(cls.__name__, **fields).model_validate(given)
        except ValidationError:
            return None

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

    def recorded(self) -> dict[str, Any]:
        """Return the parameters as a report records them: files by their names, not by where they lie."""
        recorded = self.model_dump(mode="json")
        for key, within in places_in(self.study, recorded):
            within[key[-1]] = Path(within[key[-1]]).name
        return recorded


# Studies of a table -------------------------------------------------------------------------------


class Source(Model):
    """Where the table is."""

    database: Database = "reconstruction"
    """Database that the table is from; the reconstruction ships with the package."""
    path: Text | None = None
    """Folder, archive or file of the table, relative to the parameter file."""
    name: Text | None = None
    """What the report calls the table; empty for the name of the database."""

    def read(self, year: int) -> IOTable:
        """Read the table of a year."""
        return read_table(self.database, self.path, year, self.name)


class Bloc(Model):
    """A group of countries, such as a customs union."""

    name: Text = "the EAEU"
    """Name of the bloc as it stands in sentences, with its article: the EAEU, NAFTA."""
    members: Names = ["ARM", "BLR", "KAZ", "KGZ", "RUS"]
    """Codes of its members, or the name of a set of countries, such as EAEU."""

    @property
    def label(self) -> str:
        """The name as it stands in tables."""
        return self.name.removeprefix("the ")


class TableStudy(Study):
    """What all studies of an inter-country input-output table are asked."""

    year_keys: ClassVar[Sequence[str]]
    """Keys of the years whose tables are read, that of the main table first."""

    source: Source = Source()
    """Database and folder of the table."""
    countries: Names | None = None
    """Countries to keep (or sets of them), the others becoming the rest of the world; empty for all."""
    corrections: Text | None = None
    """File with better totals of a country, CSV or YAML; empty for none."""
    sector_groups: SectorGroups = {}
    """Sectors to add up: groups and their sectors, the others staying as they are; or fourteen, or broad,
    for the groups of the concordances; or a file with the columns sector and group."""
    balance: bool = True
    """Whether to balance the table, at the larger of a sector's gross output and gross inputs."""
    bloc: Bloc = Bloc()
    """Bloc whose inner chains are looked at."""

    @classmethod
    def years_asked(cls, given: Any) -> list[tuple[str, int]]:
        """Return the years that a study, or a part of it, asks for, each with its key; the main one first."""
        values = [(key, getattr(given, key)) for key in cls.year_keys]
        return [
            (key, year)
            for key, value in values
            for year in (sorted(value, reverse=True) if isinstance(value, list) else [value])
            if year is not None
        ]

    @property
    def tables_of(self) -> list[int]:
        """Years whose tables the study reads."""
        return [year for _, year in self.years_asked(self)]

    def prepared(self, table: IOTable) -> Prepared:
        """Keep, correct, add up and balance a table as asked."""
        return prepare(table, self.countries, self.corrections, self.sector_groups, self.balance)

    @field_validator("corrections")
    @classmethod
    def _is_a_file(cls, value: str | None) -> str | None:
        if value is not None and not is_there(value):
            raise ValueError("there is no such file; gvc template corrections FOLDER writes one to fill in")
        return value

    @field_validator("countries")
    @classmethod
    def _kept_once_and_in_the_table(cls, value: list[str] | None, info: ValidationInfo) -> list[str] | None:
        if value is None:
            return None
        known = labels(info, "countries")
        value = expanded(value, known)
        require_names(value, "country", known)
        return value

    @field_validator("sector_groups")
    @classmethod
    def _of_sectors_of_the_table(cls, value: Any, info: ValidationInfo) -> Any:
        known = labels(info, "sectors")
        if not isinstance(value, str):
            require_names([sector for group in value.values() for sector in group], "sector", known)
        elif known:
            _named_groups(value, known)
        return value

    @field_validator("bloc")
    @classmethod
    def _of_countries_kept(cls, value: Bloc, info: ValidationInfo) -> Bloc:
        known = countries_kept(info)
        members = expanded(value.members, known)
        require_names(members, "country", known, key="members")
        return value.model_copy(update={"members": members})

    def named(self, table: IOTable) -> Self:
        """Check all names against a table, and replace sets of countries by their members in it."""
        try:
            return self.model_validate(self.model_dump(), context=table)
        except ValidationError as error:
            from gvc_helpers.studies.file import explained  # which needs no model until then

            raise explained(error, type(self)) from None

    @classmethod
    def read_data(cls, given: Mapping[str, Any]) -> tuple[IOTable | None, list[Problem]]:
        """Read the tables of all years; the main one is what the rest is validated against."""
        part = cls.part(given, "source", *cls.year_keys)
        if part is None:
            return None, []
        tables: list[IOTable] = []
        problems: list[Problem] = []
        for key, year in cls.years_asked(part):
            try:
                tables.append(part.source.read(year))
            except (SourceError, TableError) as error:
                problem = ("source" if not isinstance(error, YearError) else key, str(error))
                problems += [problem] * (problem not in problems)
            except OSError as error:
                place = part.source.path or part.source.database
                return None, [("source", f"{quoted(place)} cannot be read: {error.strerror}")]
        return (tables[0] if tables else None), problems

    def prepare(self, data: IOTable) -> None:
        """Keep, add up and balance, as the run will."""
        self.prepared(data).table.require_solution()

    @property
    def reconstructed(self) -> bool:
        """Whether the table is the one that ships."""
        return self.source.database == "reconstruction"

    def fingerprints(self) -> dict[str, str]:
        """SHA-256 of the files of each year, and of those that change the table."""
        tables = {
            str(year): fingerprint(self.source.database, self.source.path, year) for year in self.tables_of
        }
        groups = self.sector_groups if isinstance(self.sector_groups, str) else None
        files = {
            "corrections": self.corrections,
            "sector_groups": groups if groups not in GROUPS else None,
        }
        return tables | {key: digest_as_read(Path(file)).hex() for key, file in files.items() if file}


# Checks of names ---------------------------------------------------------------------------------


def labels(info: ValidationInfo, what: Literal["countries", "sectors"]) -> list[str]:
    """Labels of the table that is validated against; none if there is no table."""
    table = info.context
    return [] if table is None else list(getattr(table, what))


def countries_kept(info: ValidationInfo) -> list[str]:
    """Countries that are left of the table; none if there is no table, or what is kept is wrong itself."""
    if info.context is None or "countries" not in info.data:
        return []
    kept = info.data["countries"]
    return labels(info, "countries") if kept is None else [*kept, "ROW"]


def sectors_added_up(info: ValidationInfo) -> list[str]:
    """Sectors after adding up; none if there is no table, or the groups are wrong themselves."""
    known = labels(info, "sectors") if "sector_groups" in info.data else []
    if not known:
        return []
    groups = _named_groups(info.data["sector_groups"], known)
    grouped = {sector for group in groups.values() for sector in group}
    return [*groups, *(sector for sector in known if sector not in grouped)]


def expanded(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """Replace sets of countries by their members, where countries are known."""
    require_names(names, "country", [])
    if not known:
        return list(names)
    try:
        return expand(names, known)
    except ConcordanceError as error:
        raise ValueError(str(error)) from None


def _named_groups(groups: Any, known: Sequence[str]) -> Mapping[str, Iterable[str]]:
    levels = get_args(Level)
    if isinstance(groups, str) and groups not in levels and not is_there(groups):
        raise ValueError(
            f"there are no groups and no file of that name; allowed: {', '.join(levels)}, a CSV file"
        )
    try:
        return named_groups(groups, known)
    except (ConcordanceError, OSError) as error:
        raise ValueError(str(error)) from None


def require_names(names: Sequence[str], what: str, allowed: Sequence[str], key: str = "") -> None:
    """Refuse names that stand twice or, where labels are known, are not among them."""
    at = f"{key}: " if key else ""
    known = set(allowed)
    twice = [name for name, count in Counter(names).items() if count > 1]
    unknown = [name for name in names if name not in known] if known else []
    faults = [f"{what} {quoted(name, 200)} stands twice" for name in twice[:MOST_NAMED]]
    for name in unknown[:MOST_NAMED]:
        faults.append(f"{what} {quoted(name, 200)} is not in the table{did_you_mean(name, allowed)}")
    if more := len(twice[MOST_NAMED:]) + len(unknown[MOST_NAMED:]):
        faults.append(f"and {more:,} more")
    if unknown:
        faults.append(f"allowed: {'; '.join(allowed)}")
    if faults:
        raise ValueError(at + "; ".join(faults))


def require_years(years: Sequence[int], there: Sequence[int], where: str) -> None:
    """Refuse years that the data do not have."""
    if absent := [str(year) for year in years if year not in there]:
        allowed = ", ".join(map(str, there)) or "none"
        raise ValueError(f"year {', '.join(absent)} is not in {where}; allowed: {allowed}")
