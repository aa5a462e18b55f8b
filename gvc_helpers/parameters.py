"""Parameters of the studies: what each may be asked, of which data, and what it says of them."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from gvc_helpers.concordances import ConcordanceError, Level, expand
from gvc_helpers.involvement import REST_OF_WORLD
from gvc_helpers.io_table import IOTable, TableError
from gvc_helpers.leadership import INDICATORS
from gvc_helpers.preparation import named_groups, prepare
from gvc_helpers.raw_files import SourceError, YearError
from gvc_helpers.register import RegisterError, Zone, read_zone
from gvc_helpers.register import fingerprint as zone_fingerprint
from gvc_helpers.sources import Database, fingerprint, read_table

Names = Annotated[list[str], Field(min_length=1)]
Text = Annotated[str, Field(min_length=1)]
Year = Annotated[int, Field(ge=1900, le=2100)]
SectorGroups = Annotated[
    Annotated[dict[str, Names], Tag("(groups)")] | Annotated[str, Tag("(name)")],
    Discriminator(lambda value: "(name)" if isinstance(value, str) else "(groups)"),
]
"""Groups with their sectors, or the name of groups; tags in brackets do not stand in messages."""
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
    """Folder, archive or file of the table, relative to the folder that the command runs in."""
    name: str | None = None
    """What the report calls the table; empty for the name of the database."""

    @property
    def at_hand(self) -> bool:
        """Whether the folder or file of the table is there."""
        return self.path is None or Path(self.path).exists()


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
    """Countries to keep (or sets of them), the others becoming the rest of the world; empty for all."""
    corrections: str | None = None
    """File with better totals of a country, CSV or YAML; empty for none."""
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
    """Countries (or sets of them) that the report is about."""
    bloc: Bloc = Bloc()
    """Bloc whose inner chains are looked at."""
    sector_groups: SectorGroups = {}
    """Sectors to add up: groups and their sectors, the others staying as they are; or fourteen, or broad,
    for the groups of the concordances; or a file with the columns sector and group."""
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

    @field_validator("corrections")
    @classmethod
    def _is_a_file(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and not Path(value).is_file():
            raise ValueError("there is no such file; gvc template corrections FOLDER writes one to fill in")
        if value is not None and info.data.get("earlier_year") is not None:
            raise ValueError(
                "totals are of one year; leave earlier_year empty, or there would be two measures"
            )
        return value

    @field_validator("countries")
    @classmethod
    def _kept_once_and_in_the_table(cls, value: list[str] | None, info: ValidationInfo) -> list[str] | None:
        if value is None:
            return None
        known = _labels(info, "countries")
        value = _expanded(value, known)
        _require(value, "country", known)
        return value

    @field_validator("focus", "bloc")
    @classmethod
    def _named_once_and_kept(cls, value: Any, info: ValidationInfo) -> Any:
        if info.context is None or "countries" not in info.data:
            known: list[
                str
            ] = []  # nothing to compare with: there is no table, or what is kept of it is wrong itself
        else:
            kept = info.data["countries"]
            known = _labels(info, "countries") if kept is None else [*kept, "ROW"]
        if info.field_name == "focus":
            value = _expanded(value, known)
            _require(value, "country", [code for code in known if code not in REST_OF_WORLD])
            return value
        members = _expanded(value.members, known)
        _require(members, "country", known, key="members")
        return value.model_copy(update={"members": members})

    @field_validator("sector_groups")
    @classmethod
    def _of_sectors_of_the_table(cls, value: Any, info: ValidationInfo) -> Any:
        known = _labels(info, "sectors")
        if not isinstance(value, str):
            _require([sector for group in value.values() for sector in group], "sector", known)
        elif known:
            _named_groups(value, known)
        return value

    @field_validator("agriculture_and_food")
    @classmethod
    def _of_sectors_added_up(cls, value: list[str], info: ValidationInfo) -> list[str]:
        known = _labels(info, "sectors") if "sector_groups" in info.data else []
        groups = _named_groups(info.data["sector_groups"], known) if known else {}
        grouped = {sector for group in groups.values() for sector in group}
        _require(value, "sector", known and [*groups, *(s for s in known if s not in grouped)])
        return value

    def named(self, table: IOTable) -> Self:
        """Check all names against a table, and replace sets of countries by their members in it."""
        return self.model_validate(self.model_dump(), context=table)

    @classmethod
    def at_hand(cls, given: Mapping[str, Any]) -> bool:
        """Tell whether the folder of the table, and the file of corrections if any, are there."""
        corrections = given.get("corrections")
        there = corrections is None or Path(str(corrections)).is_file()
        return there and Source.model_validate(given.get("source") or {}).at_hand

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
                tables.append(read_table(source.database, source.path, year, source.name))
            except (SourceError, TableError) as error:
                problem = ("source" if not isinstance(error, YearError) else key, str(error))
                problems += [problem] * (problem not in problems)
        return (tables[0] if tables else None), problems

    def prepare(self, data: IOTable) -> None:
        """Keep, add up and balance, as the run will."""
        prepared = prepare(data, self.countries, self.corrections, self.sector_groups, self.balance)
        prepared.table.require_balance()

    @property
    def reconstructed(self) -> bool:
        """Whether the table is the one that ships."""
        return self.source.database == "reconstruction"

    def fingerprints(self) -> dict[str, str]:
        """SHA-256 of the files of each year, and of those that change the table."""
        years = [year for year in (self.year, self.earlier_year) if year is not None]
        tables = {str(year): fingerprint(self.source.database, self.source.path, year) for year in years}
        groups = self.sector_groups if isinstance(self.sector_groups, str) else None
        files = {
            "corrections": self.corrections,
            "sector_groups": groups if groups not in get_args(Level) else None,
        }
        return tables | {
            key: hashlib.sha256(Path(file).read_bytes()).hexdigest() for key, file in files.items() if file
        }


# Cluster transformation of a zone -----------------------------------------------------------------


class ZoneData(Model):
    """Files with the residents of a zone and the statistics of its region; none for those that ship."""

    residents: str | None = None
    """Register of residents, CSV or XLSX; empty for the synthetic register that ships."""
    region: str | None = None
    """Regional table, CSV or XLSX: production and exports by sector and year, the zone included."""
    links: str | None = None
    """Sales between residents, CSV or XLSX; empty where they are not known."""
    unit: Text = "million roubles"
    """Unit of the amounts of money in all files."""

    @property
    def files(self) -> tuple[str | None, str | None, str | None]:
        """The three files, as a reader takes them."""
        return self.residents, self.region, self.links


class RankedIndicator(Model):
    """One of the indicators that residents are ranked by."""

    name: Literal[*INDICATORS]  # type: ignore[valid-type]
    """Key of the indicator."""
    better: Literal["high", "low"] = "high"
    """Whether high or low values are better."""
    weight: Annotated[float, Field(ge=0)] = 1.0
    """Weight of its positions in the mean."""


class Thresholds(Model):
    """Where a judgement turns."""

    quotient: Annotated[float, Field(gt=0)] = 1.0
    """Location quotient above which a sector is specialised."""
    least_residents: Annotated[int, Field(ge=2)] = 5
    """Residents below which a sector is too small for cooperation, and for a Gini coefficient."""
    equal_gini: Annotated[float, Field(ge=0, le=1)] = 0.6
    """Gini coefficient up to which residents are many equals, above it there are a few cores."""
    likely: Annotated[float, Field(gt=0.5, le=1)] = 0.9
    """Probability from which a place among the core is firm."""
    dominant: Annotated[float, Field(gt=0, le=100)] = 50.0
    """Share of a sector, %, from which one resident dominates it."""
    young: Annotated[float, Field(ge=0, le=50)] = 25.0
    """Share of beginners, %, from which (and up to 100 less it) the stages of residents are uneven."""


class Regime(Model):
    """What residents would gain by using the preferential regime more."""

    subject: Text = "the free economic zones of Belarus"
    """Whose residents the scenario is about, as it stands in sentences."""
    year: Year = 2019
    """Year of the revenue."""
    outside: Annotated[float, Field(gt=0)] = 9900.0
    """Revenue outside the regime, in `unit`."""
    share: Annotated[float, Field(gt=0, lt=100)] = 48.0
    """Its share in revenue, %."""
    gains: dict[float, float] = {30.0: 620.0, 15.0: 1140.0}
    """Known gains by the share, %, that they belong to; the rate is derived from them. Or none, and:"""
    rate: Annotated[float, Field(gt=0)] | None = None
    """Gain in % of the revenue that is moved into the regime."""
    targets: list[float] = [30.0, 15.0]
    """Shares, %, to look at."""
    unit: Text = "million roubles"
    """Unit of revenue and gains."""

    @field_validator("rate")
    @classmethod
    def _rate_or_gains(cls, value: float | None, info: ValidationInfo) -> float | None:
        gains = info.data.get("gains")
        if gains is not None and bool(gains) == (value is not None):
            raise ValueError("give either the rate or known gains to derive it from (gains: {} for none)")
        return value

    @field_validator("gains", "targets")
    @classmethod
    def _below_the_share(cls, value: Any, info: ValidationInfo) -> Any:
        share = info.data.get("share", 100.0)
        if wrong := [f"{target:g}" for target in value if not 0 <= target < share]:
            raise ValueError(f"{', '.join(wrong)} must lie from 0 to below the present share, {share:g}")
        return value


class GrodnoinvestClusterTransformation(Study):
    """Parameters of the study of a free economic zone and its transformation into clusters."""

    # With another zone's data, defaults can be as wrong as what is given.
    model_config = ConfigDict(validate_default=True)

    study: Literal["grodnoinvest_cluster_transformation"] = "grodnoinvest_cluster_transformation"
    data: ZoneData = ZoneData()
    """Files with the residents and the regional statistics."""
    zone: Text = "the Grodnoinvest free economic zone"
    """Name of the zone as it stands in sentences, with its article."""
    region: Text = "the Grodno Region"
    """Name of the region as it stands in sentences, with its article."""
    base_year: Year = 2015
    """Year that changes of specialisation are measured from."""
    year: Year = 2018
    """Year of specialisation."""
    inequality_years: Annotated[list[Year], Field(min_length=1)] = [2017, 2019]
    """Years of the inequality between residents; the last decides on the type of a cluster."""
    plan_year: Year | None = 2023
    """Year of the residents' plans; empty where there is none."""
    leadership_years: Annotated[list[Year], Field(min_length=1)] = [2017, 2018, 2019]
    """Years whose positions the leadership coefficient averages."""
    indicators: Annotated[list[RankedIndicator], Field(min_length=2)] = [
        RankedIndicator(name=name) for name in INDICATORS
    ]
    """Indicators that residents are ranked by."""
    ties: Literal["average", "min", "max"] = "average"
    """Position of residents with equal values: the mean, the best or the worst of those they share."""
    missing: Literal["skip", "last", "complete"] = "skip"
    """A missing value is skipped, takes the last position, or takes the resident out."""
    top: Annotated[int, Field(ge=1)] = 20
    """Leaders to list."""
    core: Annotated[int, Field(ge=1)] = 10
    """First places that make a resident a candidate for the core of a cluster."""
    thresholds: Thresholds = Thresholds()
    """Where a judgement turns."""
    samples: Annotated[int, Field(ge=100, le=100_000)] = 1000
    """Random draws behind each interval and probability."""
    seed: Annotated[int, Field(ge=0)] = 2020
    """Start of the random draws."""
    regime: Regime | None = Regime()
    """Scenario of the preferential regime; empty to leave it out."""

    @field_validator("zone", "region", "regime")
    @classmethod
    def _ones_own(cls, value: Any, info: ValidationInfo) -> Any:
        data = info.data.get("data")
        if data is not None and data.residents and value == cls.model_fields[str(info.field_name)].default:
            raise ValueError("this is of the zone that ships; with a register of your own, give your own")
        return value

    @field_validator("base_year", "year")
    @classmethod
    def _in_both_tables(cls, value: int, info: ValidationInfo) -> int:
        if info.context is not None:
            regional = set(info.context.region["year"])
            _require_years([value], [year for year in info.context.years if year in regional], "both tables")
        base = info.data.get("base_year")
        if info.field_name == "year" and base is not None and value <= base:
            raise ValueError(f"it must be after the base year, {base}")
        return value

    @field_validator("inequality_years", "leadership_years")
    @classmethod
    def _in_the_register(cls, value: list[int], info: ValidationInfo) -> list[int]:
        if info.context is not None:
            _require_years(value, info.context.years, "the register")
        return sorted(set(value))

    @field_validator("plan_year")
    @classmethod
    def _planned(cls, value: int | None, info: ValidationInfo) -> int | None:
        if info.context is not None and value is not None:
            _require_years([value], info.context.plan_years, "the plans of the register")
        return value

    @field_validator("indicators")
    @classmethod
    def _ranked_once_and_known(
        cls, value: list[RankedIndicator], info: ValidationInfo
    ) -> list[RankedIndicator]:
        _require([indicator.name for indicator in value], "indicator", [])
        if not any(indicator.weight for indicator in value):
            raise ValueError("at least one weight must be above zero")
        years = info.data.get("leadership_years")
        if info.context is not None and years:
            rows = info.context.register[info.context.register["year"].isin(years)]
            needed = {column for i in value for column in INDICATORS[i.name] if column}
            if empty := sorted(column for column in needed if rows[column].isna().all()):
                raise ValueError(
                    f"the register has no values of {', '.join(empty)} in {min(years)} to {max(years)}; "
                    "supply the columns, or list only indicators that do without them"
                )
        return value

    @field_validator("core")
    @classmethod
    def _among_the_listed(cls, value: int, info: ValidationInfo) -> int:
        if value > info.data.get("top", value):
            raise ValueError(f"it must not be above top, {info.data['top']}")
        return value

    @classmethod
    def at_hand(cls, given: Mapping[str, Any]) -> bool:
        """Tell whether the files that are named are there."""
        files = ZoneData.model_validate(given.get("data") or {}).files
        return all(Path(file).is_file() for file in files if file is not None)

    @classmethod
    def read_data(cls, given: Mapping[str, Any]) -> tuple[Zone | None, list[Problem]]:
        """Read the register, the regional table and the sales between residents."""
        try:
            data = ZoneData.model_validate(given.get("data") or {})
        except ValidationError:
            return None, []  # the model will say so
        try:
            return read_zone(*data.files, unit=data.unit), []
        except RegisterError as error:
            return None, [("", fault) for fault in error.faults]

    @property
    def reconstructed(self) -> bool:
        """Whether the register is the synthetic one that ships."""
        return self.data.residents is None

    def fingerprints(self) -> dict[str, str]:
        """SHA-256 of the files of the zone."""
        return {"register": zone_fingerprint(*self.data.files)}


STUDIES: dict[str, type[Study]] = {
    "eaeu_vertical_specialization": EaeuVerticalSpecialization,
    "grodnoinvest_cluster_transformation": GrodnoinvestClusterTransformation,
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


def _expanded(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """Replace sets of countries by their members, where countries are known."""
    _require(names, "country", [])
    if not known:
        return list(names)
    try:
        return expand(names, known)
    except ConcordanceError as error:
        raise ValueError(str(error)) from None


def _named_groups(groups: Any, known: Sequence[str]) -> Mapping[str, Iterable[str]]:
    levels = get_args(Level)
    if isinstance(groups, str) and groups not in levels and not Path(groups).exists():
        raise ValueError(
            f"there are no groups and no file of that name; allowed: {', '.join(levels)}, a CSV file"
        )
    try:
        return named_groups(groups, known)
    except (ConcordanceError, OSError) as error:
        raise ValueError(str(error)) from None


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


def _require_years(years: Sequence[int], there: Sequence[int], where: str) -> None:
    """Refuse years that the data do not have."""
    if absent := [str(year) for year in years if year not in there]:
        allowed = ", ".join(map(str, there)) or "none"
        raise ValueError(f"year {', '.join(absent)} is not in {where}; allowed: {allowed}")


def nearest(name: str, allowed: Sequence[str]) -> str:
    """Suggest what may have been meant, as the end of a message; nothing if nothing is near."""
    spelt = {label.casefold(): label for label in allowed}
    near = difflib.get_close_matches(name.casefold(), spelt, n=1)
    return f"; did you mean '{spelt[near[0]]}'?" if near else ""
