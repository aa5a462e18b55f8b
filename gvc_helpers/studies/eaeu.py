"""Parameters of the study of vertical specialization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from gvc_helpers.studies.base import (
    TableStudy,
    Text,
    Year,
    countries_kept,
    expanded,
    require_names,
    sectors_added_up,
)
from gvc_helpers.tables.io_table import REST_OF_WORLD


class EaeuVerticalSpecialization(TableStudy):
    """Parameters of the study of vertical specialization."""

    year_keys: ClassVar[Sequence[str]] = ("year", "earlier_year")

    study: Literal["eaeu_vertical_specialization"] = "eaeu_vertical_specialization"
    year: Year = 2015
    """Year of the table."""
    earlier_year: Year | None = None
    """Year to compare with, from the same source; empty for no comparison."""
    focus: Annotated[list[Text], Field(min_length=2)] = [
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
    agriculture_and_food: list[Text] = [
        "Agriculture, forestry, fishing and aquaculture",
        "Food, beverages and tobacco",
    ]
    """Sectors (after adding up) of the section on agriculture and food."""

    @field_validator("earlier_year")
    @classmethod
    def _before_the_year(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is None:
            return None
        year = info.data.get("year")
        if year is not None and value >= year:
            raise ValueError(f"it must be before the year of the table, {year}")
        if info.data.get("corrections") is not None:
            raise ValueError(
                "corrections are totals of one year; leave earlier_year empty, or there would be two measures"
            )
        return value

    @field_validator("focus")
    @classmethod
    def _named_once_and_kept(cls, value: list[str], info: ValidationInfo) -> list[str]:
        known = countries_kept(info)
        value = expanded(value, known)
        require_names(value, "country", [code for code in known if code not in REST_OF_WORLD])
        return value

    @field_validator("agriculture_and_food")
    @classmethod
    def _of_sectors_added_up(cls, value: list[str], info: ValidationInfo) -> list[str]:
        require_names(value, "sector", sectors_added_up(info))
        return value
