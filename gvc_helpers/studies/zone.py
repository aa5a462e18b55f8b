"""Parameters of the study of a free economic zone and its transformation into clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from gvc_helpers.studies.base import (
    Model,
    Problem,
    Seed,
    Study,
    Text,
    Weight,
    Year,
    require_names,
    require_years,
)
from gvc_helpers.zones.leadership import INDICATORS
from gvc_helpers.zones.regime import implied_rate
from gvc_helpers.zones.register import RegisterError, Zone, read_zone
from gvc_helpers.zones.register import fingerprint as zone_fingerprint

Amount = Annotated[float, Field(gt=0, le=1e15)]


class ZoneData(Model):
    """Files with the residents of a zone and the statistics of its region; none for those that ship."""

    residents: Text | None = None
    """Register of residents, CSV or XLSX; empty for the synthetic register that ships."""
    region: Text | None = None
    """Regional table, CSV or XLSX: production and exports by sector and year, the zone included."""
    links: Text | None = None
    """Sales between residents, CSV or XLSX; empty where they are not known."""
    unit: Text = "million roubles"
    """Unit of the amounts of money in all files."""

    @property
    def files(self) -> tuple[str | None, str | None, str | None]:
        """The three files, as a reader takes them."""
        return self.residents, self.region, self.links

    def read(self) -> tuple[Zone | None, list[Problem]]:
        """Read the files, or say what is wrong with them."""
        try:
            return read_zone(*self.files, unit=self.unit), []
        except RegisterError as error:
            return None, [("", fault) for fault in error.faults]


class RankedIndicator(Model):
    """One of the indicators that residents are ranked by."""

    name: Literal[*INDICATORS]  # type: ignore[valid-type]
    """Key of the indicator."""
    better: Literal["high", "low"] = "high"
    """Whether high or low values are better."""
    weight: Weight = 1.0
    """Weight of its positions in the mean."""


class Thresholds(Model):
    """Where a judgement turns."""

    quotient: Annotated[float, Field(gt=0, le=1000)] = 1.0
    """Location quotient above which a sector is specialized."""
    least_residents: Annotated[int, Field(ge=2, le=1000)] = 5
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
    outside: Amount = 9900.0
    """Revenue outside the regime, in `unit`."""
    share: Annotated[float, Field(gt=0, lt=100)] = 48.0
    """Its share in revenue, %."""
    gains: dict[float, Amount] = {30.0: 620.0, 15.0: 1140.0}
    """Known gains by the share, %, that they belong to; the rate is derived from them. Or none, and:"""
    rate: Annotated[float, Field(gt=0, le=100)] | None = Field(default=None, validate_default=True)
    """Gain in % of the revenue that is moved into the regime."""
    targets: Annotated[list[float], Field(min_length=1)] = [30.0, 15.0]
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

    @field_validator("gains")
    @classmethod
    def _parts_of_the_revenue(cls, value: dict[float, float], info: ValidationInfo) -> dict[float, float]:
        if value and {"outside", "share"} <= info.data.keys():
            rate = implied_rate(info.data["outside"], info.data["share"], value).mean()
            if rate > 1:
                raise ValueError(
                    f"the gains would be {100 * rate:.4g} % of the revenue that moves; at most 100 % can be"
                )
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
    """Year that changes of specialization are measured from."""
    year: Year = 2018
    """Year of specialization."""
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
    top: Annotated[int, Field(ge=1, le=1000)] = 20
    """Leaders to list."""
    core: Annotated[int, Field(ge=1, le=1000)] = 10
    """First places that make a resident a candidate for the core of a cluster."""
    thresholds: Thresholds = Thresholds()
    """Where a judgement turns."""
    samples: Annotated[int, Field(ge=100, le=100_000)] = 1000
    """Random draws behind each interval and probability."""
    seed: Seed = 2020
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
            require_years([value], [year for year in info.context.years if year in regional], "both tables")
        base = info.data.get("base_year")
        if info.field_name == "year" and base is not None and value <= base:
            raise ValueError(f"it must be after the base year, {base}")
        return value

    @field_validator("inequality_years", "leadership_years")
    @classmethod
    def _in_the_register(cls, value: list[int], info: ValidationInfo) -> list[int]:
        if info.context is not None:
            require_years(value, info.context.years, "the register")
        return sorted(set(value))

    @field_validator("plan_year")
    @classmethod
    def _planned(cls, value: int | None, info: ValidationInfo) -> int | None:
        if info.context is not None and value is not None:
            require_years([value], info.context.plan_years, "the plans of the register")
        return value

    @field_validator("indicators")
    @classmethod
    def _ranked_once_and_known(
        cls, value: list[RankedIndicator], info: ValidationInfo
    ) -> list[RankedIndicator]:
        require_names([indicator.name for indicator in value], "indicator", [])
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
    def read_data(cls, given: Mapping[str, Any]) -> tuple[Zone | None, list[Problem]]:
        """Read the register, the regional table and the sales between residents."""
        part = cls.part(given, "data")
        return (None, []) if part is None else part.data.read()

    @property
    def reconstructed(self) -> bool:
        """Whether the register is the synthetic one that ships."""
        return self.data.residents is None

    def fingerprints(self) -> dict[str, str]:
        """SHA-256 of the files of the zone."""
        return {"register": zone_fingerprint(*self.data.files)}
