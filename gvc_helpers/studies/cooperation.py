"""Parameters of the study of production cooperation in global value chains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

import pandas as pd
from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator

from gvc_helpers.cooperation.activity import INDICATORS
from gvc_helpers.cooperation.forms import CRITERIA, FORMS, PROFILES
from gvc_helpers.cooperation.opportunity import Option, Way, alternatives
from gvc_helpers.measures.extraction import selling_rows
from gvc_helpers.studies.base import (
    Model,
    Names,
    Problem,
    Seed,
    TableStudy,
    Text,
    Weight,
    Year,
    countries_kept,
    expanded,
    require_names,
    sectors_added_up,
)
from gvc_helpers.studies.zone import ZoneData
from gvc_helpers.tables.io_table import REST_OF_WORLD, IOTable, TableError
from gvc_helpers.tables.labels import ConcordanceError, country_set
from gvc_helpers.zones.criteria import register_criteria
from gvc_helpers.zones.register import Zone, read_zone
from gvc_helpers.zones.register import fingerprint as zone_fingerprint

Percent = Annotated[float, Field(ge=0, le=100)]
Level = Annotated[float, Field(ge=0, le=1)]
Criterion = Literal[*CRITERIA]  # type: ignore[valid-type]
Form = Literal[*FORMS]  # type: ignore[valid-type]
Indicator = Literal[*INDICATORS]  # type: ignore[valid-type]

HOME_OF_REGISTER = "BLR"
MACHINERY = "Machinery, electrical, electronic and optical equipment"
MANUFACTURES = [
    "Food, beverages and tobacco",
    "Textiles, wearing apparel, leather and footwear",
    "Wood, pulp and paper, publishing",
    "Petroleum refining, chemicals, rubber and plastics, other non-metallic mineral products",
    "Basic metals and fabricated metal products",
    MACHINERY,
    "Transport equipment",
]


class Goal(Model):
    """A target for an indicator."""

    at_least: Percent | None = None
    """Value that the indicator should reach or exceed, %."""
    at_most: Percent | None = None
    """Value that it should not exceed, %."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Goal:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give either at_least or at_most")
        return self

    @property
    def bound(self) -> tuple[str, float]:
        """The kind of bound, and its value."""
        return ("at most", self.at_most) if self.at_most is not None else ("at least", self.at_least or 0.0)


class WayToGet(Model):
    """One way to get a product: how much of it, at which cost."""

    share: Percent = 50.0
    """Share of what could be replaced that feasibly is, %."""
    disadvantage: Annotated[float, Field(gt=-90, le=100)] = 10.0
    """What the replacement costs more than what it replaces, %; below 0 is cheaper."""

    @property
    def option(self) -> Option:
        """The way as shares."""
        return Option(self.share / 100.0, self.disadvantage / 100.0)


class OpportunityCost(Model):
    """Make, cooperate or buy."""

    product: Text = MACHINERY
    """Sector of the focus country whose product is looked at closely."""
    make: WayToGet = WayToGet(disadvantage=20.0)
    """Imported inputs replaced by domestic ones."""
    cooperate: WayToGet = WayToGet(disadvantage=10.0)
    """Inputs from outside the bloc shifted to its members."""
    buy: WayToGet = WayToGet(disadvantage=0.0)
    """The finished product imported, in the place of what is sold at home."""
    elasticity: Annotated[float, Field(ge=0, le=20)] = 2.0
    """Per cent of exports that are lost when their price rises by one per cent."""
    slack: Percent = 30.0
    """Share of the resources that making takes which would otherwise be idle, %; the rest would earn the same
    elsewhere."""

    @property
    def options(self) -> dict[Way, Option]:
        """The three ways."""
        return {"make": self.make.option, "cooperate": self.cooperate.option, "buy": self.buy.option}


class Shock(Model):
    """A supplier that delivers less."""

    country: Text = "RUS"
    """Country of the supplier."""
    sector: Text | None = "Mining and quarrying"
    """Sector of the supplier; empty for all."""
    size: Percent = 30.0
    """How much less, %."""

    @property
    def suppliers(self) -> list[str | tuple[str, str]]:
        """The supplier, as measures take it."""
        return [self.country if self.sector is None else (self.country, self.sector)]


class Sanctions(Model):
    """Flows that stop."""

    sellers: Names = ["DEU"]
    """Countries (or sets of them) that sell nothing more."""
    sectors: list[Text] = [MACHINERY, "Transport equipment"]
    """Sectors of the sellers that this is about; none for all."""
    buyers: Names = ["BLR", "RUS"]
    """Countries (or sets of them) that get nothing more."""
    share: Percent = 100.0
    """Share of the flows that stops, %."""

    def flows(self, table: IOTable) -> list[str | tuple[str, str]]:
        """The sellers, as measures take them; a seller without one of the sectors has none of its flows."""
        if not self.sectors:
            return list(self.sellers)
        pairs = [(seller, sector) for seller in self.sellers for sector in self.sectors]
        return [pair for pair in pairs if pair in table.index]


class Residents(Model):
    """Register of residents whose figures are further criteria for the forms of participation."""

    data: ZoneData = ZoneData()
    """Files with the residents and the regional statistics; none for the synthetic register that ships."""
    year: Year = 2018
    """Year of the figures."""
    sectors: Annotated[dict[Text, Text], Field(min_length=1)] = {
        "Wood and furniture": "Wood, pulp and paper, publishing",
        "Machinery and metalworking": MACHINERY,
        "Chemistry and fertilisers": MANUFACTURES[3],
        "Food and agriculture": "Food, beverages and tobacco",
        "Textiles": "Textiles, wearing apparel, leather and footwear",
    }
    """Sectors of the register, and the sector of the table that each belongs to."""

    def read(self) -> Zone:
        """Read the register."""
        return read_zone(*self.data.files, unit=self.data.unit)


class ProductionCooperation(TableStudy):
    """Parameters of the study of production cooperation in global value chains."""

    # With another table, defaults can be as wrong as what is given.
    model_config = ConfigDict(validate_default=True)

    year_keys: ClassVar[Sequence[str]] = ("years",)

    study: Literal["production_cooperation"] = "production_cooperation"
    decimals: Annotated[int, Field(ge=0, le=6)] = 1
    """Decimals of the figures in the report."""
    years: Annotated[list[Year], Field(min_length=1)] = [2015]
    """Years of the tables; the last is the present, the others are what it is compared with."""
    focus: Text = "BLR"
    """Country that the report is about."""
    regions: Annotated[dict[Text, list[Text]], Field(min_length=1)] = {
        "EAEU": ["EAEU"],
        "EU": ["EU28"],
        "East Asia": ["EAST_ASIA"],
        "NAFTA": ["NAFTA"],
        "ASEAN": ["ASEAN"],
    }
    """Regions and their countries (or sets of them); sets without a member in the table are left out."""
    core: list[Text] = ["CE_CORE"]
    """Countries (or sets of them) that make up the core of manufacturing; none for no core."""
    manufactures: Names = MANUFACTURES
    """Sectors (after adding up) of manufacturing."""
    machinery: Names = [MACHINERY, "Transport equipment"]
    """Those of them that build machinery and equipment."""
    goals: dict[Indicator, Goal] = {
        "manufacturing_share": Goal(at_least=25.0),
        "machinery_in_exports": Goal(at_least=20.0),
        "domestic_content": Goal(at_least=70.0),
        "largest_supplier": Goal(at_most=40.0),
    }
    """Targets for indicators of foreign economic activity."""
    weights: dict[Criterion, Weight] = dict.fromkeys(CRITERIA, 1.0)
    """Weights of the criteria that forms of participation are judged by; one left out has none."""
    profiles: dict[Form, dict[Criterion, Level]] = {}
    """Levels from 0 to 1 that replace those of a form's profile."""
    residents: Residents | None = Residents()
    """Register of residents; empty to do without."""
    opportunity: OpportunityCost = OpportunityCost()
    """Ways to get a product."""
    shock: Shock = Shock()
    """Supplier that delivers less."""
    sanctions: Sanctions | None = Sanctions()
    """Flows that stop; empty for none."""
    samples: Annotated[int, Field(ge=100, le=10_000)] = 500
    """Random weights behind the sensitivity of the forms."""
    seed: Seed = 2020
    """Start of the random draws."""

    @field_validator("years")
    @classmethod
    def _in_order(cls, value: list[int], info: ValidationInfo) -> list[int]:
        require_names([str(year) for year in value], "year", [])
        if len(value) > 1 and info.data.get("corrections") is not None:
            raise ValueError("corrections are totals of one year; name one, or there would be two measures")
        return sorted(value)

    @field_validator("focus")
    @classmethod
    def _a_country_kept(cls, value: str, info: ValidationInfo) -> str:
        require_names([value], "country", [c for c in countries_kept(info) if c not in REST_OF_WORLD])
        return value

    @field_validator("regions")
    @classmethod
    def _apart(cls, value: dict[str, list[str]], info: ValidationInfo) -> dict[str, list[str]]:
        known = countries_kept(info)
        regions = {name: _members(members, known, name) for name, members in value.items()}
        require_names([member for members in regions.values() for member in members], "country", known)
        if not any(regions.values()):
            raise ValueError("none of the regions has a country in the table")
        return regions

    @field_validator("core")
    @classmethod
    def _core_kept(cls, value: list[str], info: ValidationInfo) -> list[str]:
        return _members(value, countries_kept(info), "core")

    @field_validator("manufactures", "machinery")
    @classmethod
    def _sectors_added_up(cls, value: list[str], info: ValidationInfo) -> list[str]:
        require_names(value, "sector", sectors_added_up(info))
        if info.field_name == "machinery":
            require_names(value, "sector", info.data.get("manufactures", []), key="of the manufactures")
        return value

    @field_validator("weights")
    @classmethod
    def _some_weight(cls, value: dict[str, float]) -> dict[str, float]:
        if not any(value.values()):
            raise ValueError("at least one weight must be above zero")
        return value

    @field_validator("residents")
    @classmethod
    def _placed_in_the_table(cls, value: Residents | None, info: ValidationInfo) -> Residents | None:
        if value is not None and value.data.residents is None and info.data.get("focus") != HOME_OF_REGISTER:
            raise ValueError(
                f"the register that ships is of a zone in {HOME_OF_REGISTER}; for another focus give your "
                "own, or leave it empty"
            )
        if value is not None and (known := sectors_added_up(info)):
            require_names(list(dict.fromkeys(value.sectors.values())), "sector", known, key="sectors")
        return value

    @field_validator("opportunity")
    @classmethod
    def _a_product(cls, value: OpportunityCost, info: ValidationInfo) -> OpportunityCost:
        require_names([value.product], "sector", sectors_added_up(info), key="product")
        return value

    @field_validator("shock")
    @classmethod
    def _a_supplier(cls, value: Shock, info: ValidationInfo) -> Shock:
        require_names([value.country], "country", countries_kept(info), key="country")
        if value.sector is not None:
            require_names([value.sector], "sector", sectors_added_up(info), key="sector")
        return value

    @field_validator("sanctions")
    @classmethod
    def _different_sides(cls, value: Sanctions | None, info: ValidationInfo) -> Sanctions | None:
        if value is None:
            return None
        known = countries_kept(info)
        sides = {side: expanded(getattr(value, side), known) for side in ("sellers", "buyers")}
        for side, members in sides.items():
            require_names(members, "country", known, key=side)
        if both := set(sides["sellers"]) & set(sides["buyers"]):
            raise ValueError(f"country '{min(both)}' is a seller and a buyer; it must be one of them")
        require_names(value.sectors, "sector", sectors_added_up(info), key="sectors")
        return value.model_copy(update=sides)

    @classmethod
    def read_data(cls, given: Mapping[str, Any]) -> tuple[IOTable | None, list[Problem]]:
        """Read the tables, and look whether the register can be read."""
        table, problems = super().read_data(given)
        part = cls.part(given, "residents")
        if part is not None and part.residents is not None:
            problems += part.residents.data.read()[1]
        return table, problems

    def prepare(self, data: IOTable) -> None:
        """Prepare the table as the run will, and look for what the scenarios and the register need."""
        super().prepare(data)
        table = self.prepared(data).table
        asked = self.opportunity
        alternatives(
            table, self.focus, asked.product, self.bloc.members, asked.elasticity, asked.slack / 100.0
        )
        makes = table.output[self.focus]
        if not any(makes.get(sector, 0.0) > 0 for sector in self.manufactures):
            raise TableError(f"{self.focus} has no output in any of the manufactures")
        selling_rows(table, self.shock.suppliers)
        if self.sanctions is not None and not self.sanctions.flows(table):
            raise TableError("none of the sellers of the sanctions has one of their sectors")
        if self.residents is not None:
            try:
                register_criteria(self.residents.read(), self.residents.year, self.residents.sectors)
            except ValueError as error:
                raise ValueError(f"residents: {error}") from None

    @property
    def present(self) -> int:
        """The last year."""
        return self.years[-1]

    @property
    def regions_here(self) -> dict[str, list[str]]:
        """Regions that have countries in the table."""
        return {region: members for region, members in self.regions.items() if members}

    @property
    def form_profiles(self) -> pd.DataFrame:
        """Profiles of the forms, with the levels that are replaced."""
        profiles = PROFILES.copy()
        for form, changed in self.profiles.items():
            for criterion, level in changed.items():
                profiles.loc[form, criterion] = level
        return profiles

    def fingerprints(self) -> dict[str, str]:
        """SHA-256 of the tables, and of the register."""
        register = (
            {} if self.residents is None else {"register": zone_fingerprint(*self.residents.data.files)}
        )
        return super().fingerprints() | register


def _members(names: Sequence[str], known: Sequence[str], key: str) -> list[str]:
    """Put the members that the table has in the place of sets of countries; a set may have none."""
    require_names(names, "country", [], key=key)
    members: list[str] = []
    for name in names:
        try:
            found = [name] if name in known or not known else country_set(name)
        except ConcordanceError:
            found = [name]  # no set: a country, which is not in the table
            require_names(found, "country", known, key=key)
        members += [country for country in found if country in known or not known]
    return list(dict.fromkeys(members))
