"""Sentences that all studies of a table share: on its data, and the words that others are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gvc_helpers._typing import Spread
from gvc_helpers.report.words import Language, as_text
from gvc_helpers.studies.base import TableStudy
from gvc_helpers.tables.checks import KINDS, Fault
from gvc_helpers.tables.io_table import IOTable


@dataclass(frozen=True)
class TableFindings:
    """Writes what a study says of the table that it uses.

    Parameters
    ----------
    parameters : TableStudy
        Parameters of the run.
    language : Language
        Language of the sentences.
    """

    parameters: TableStudy
    language: Language

    # The data -------------------------------------------------------------------------------------

    def data(self, table: IOTable, prepared: IOTable) -> list[str]:
        """Size of the table as read, what its check found, and what it was added up to."""
        shape = self._say(
            "shape",
            **self._size(table),
            rows=self.language.number(len(table.index), 0),
            output=self._number(table.output.sum()),
            exports=self._number(table.exports.sum()),
            unit=as_text(table.unit),
        )
        smaller = len(prepared.index) < len(table.index)
        added_up = [self._say("added_up", **self._size(prepared))] if smaller else []
        note = [self._say("reading", note=as_text(table.note))] if table.note else []
        return [shape, *note, *added_up]

    def checked(self, checks: Sequence[Fault]) -> list[str]:
        """How much the check of the table found."""
        if not checks:
            return [self._say("check_clean")]
        serious = [check for check in checks if check.seriousness == "serious"]
        if not serious:
            return [self._say("checked", kinds=str(len(checks)))]
        if self.parameters.balance and {check.kind for check in serious} == {"imbalance"}:
            return [self._say("checked_imbalance", kinds=str(len(checks)))]
        kinds = self.language.series([self.language.text("soundness", check.kind) for check in serious])
        return [self._say("checked_serious", kinds=str(len(checks)), serious=kinds)]

    def checks(self, checks: Sequence[Fault], unit: str) -> pd.DataFrame:
        """What the check of the table found, in words, most serious first."""
        text, decimals = self.language.text, self.parameters.decimals
        rows = []
        for check in checks:
            measure = KINDS[check.kind].measure
            size = self.language.amount(check.size * (100 if measure == "share" else 1), decimals)
            where = ", ".join([self.language.country(check.where[0]), *check.where[1:]])
            rows.append((
                text("soundness", check.kind), text("seriousness", check.seriousness), where, check.cases,
                text("sizes", measure, size=size, unit=unit),
            ))  # fmt: skip
        columns = ["found", "seriousness", "where", "cases", "largest"]
        return pd.DataFrame(rows, columns=columns).set_index("found")

    def corrections(self, corrected: pd.DataFrame | None, unit: str) -> list[str]:
        """Whether totals were corrected, and what moved most."""
        if corrected is None:
            return [self._say("not_corrected")]
        given = corrected[corrected["kind"] == "total"]
        countries = [self.language.country_in_a_sentence(code) for code in given["country"].unique()]
        largest = given.loc[given["change_percent"].abs().idxmax()]
        sums = corrected[(corrected["kind"] == "others") & (corrected["country"] == "")]
        others = sums.set_index("quantity")["change"]
        return [
            self._say(
                "corrected",
                totals=str(len(given)),
                countries=self.language.series(countries),
                largest=self._total(largest),
                before=self._number(largest["before"]),
                after=self._number(largest["after"]),
                unit=as_text(unit),
                home=self._signed(others["home demand"]),
                added=self._signed(others["value added"]),
            )
        ]

    def corrected(self, corrected: pd.DataFrame) -> pd.DataFrame:
        """What corrections moved, in words: given totals, flows of the country by use, the others."""
        parts = ["kind", "country", "quantity", "partner", "use", "sector"]
        by_use = corrected.assign(partner=corrected["partner"].mask(corrected["kind"] == "block", ""))
        sums = by_use.groupby(parts, sort=False)[["before", "after", "change"]].sum().reset_index()
        shown = sums[["before", "after", "change"]].assign(
            change_percent=100 * sums["change"] / sums["before"].abs().where(sums["before"] != 0)
        )
        words = [self.language.text("moved", kind) for kind in sums["kind"]]
        what = [self._total(row) for _, row in sums.iterrows()]
        return shown.set_axis(pd.MultiIndex.from_arrays([words, what], names=["moved", "total"]))

    def _total(self, row: pd.Series[Any]) -> str:
        """Name a total of a country: quantity, partner, use and sector."""
        names = [self.language.country(row["country"])] if row["country"] else []
        names.append(self.language.text("quantities", row["quantity"]))
        if row["partner"]:
            names.append(self.language.country(row["partner"]))
        names += [self.language.text("uses", row["use"])] if row["use"] else []
        return ", ".join([*names, *filter(None, [row["sector"]])])

    def adjustments(self, table: IOTable, moved: pd.DataFrame) -> list[str]:
        """How much balancing moved, and where most."""
        if not self.parameters.balance:
            return [self._say("not_balanced")]
        total = float(moved.to_numpy().sum())
        if total <= 1e-6 * float(table.output.sum()):  # rounding of the files
            return [self._say("nothing_moved")]
        country, sector = moved.sum(axis=1).idxmax()
        return [
            self._say(
                "moved",
                final_demand=self._number(moved["final_demand"].sum()),
                value_added=self._number(moved["value_added"].sum()),
                unit=as_text(table.unit),
                share=self._number(100 * total / table.output.sum()),
                where=self._place((country, sector)),
                largest=self._number(moved.sum(axis=1).max()),
            )
        ]

    def uncertainty(self, tables: int) -> list[str]:
        """What the ranges mean, where there is more than one table."""
        return [self._say("uncertainty", tables=str(tables))] if tables else []

    def range_note(self, spread: Spread | None) -> str:
        """Say in a caption what the lines over the bars are, where there are any."""
        return "" if spread is None else self.language.text("findings", "range_note")

    def range_in_tables(self, spread: Spread | None) -> str:
        """Say in a caption that ranges are elsewhere, where there are any."""
        return "" if spread is None else self.language.text("findings", "range_in_tables")

    def _size(self, table: IOTable) -> dict[str, str]:
        return {"countries": str(len(table.countries)), "sectors": str(len(table.sectors))}

    # Words ----------------------------------------------------------------------------------------

    def _say(self, key: str, **values: str) -> str:
        return self.language.sentence(key, **values)

    def _word(self, key: str) -> str:
        return self.language.text("words", key)

    def _country(self, code: object) -> str:
        return as_text(self.language.country_in_a_sentence(str(code)))

    def _place(self, where: Sequence[str]) -> str:
        """A country, and its sector in brackets."""
        return " ".join([self._country(where[0]), *(f"({as_text(sector)})" for sector in where[1:])])

    def _countries(self, codes: Sequence[str]) -> str:
        return self.language.series([self._country(code) for code in codes])

    def _number(self, value: float) -> str:
        return self.language.amount(float(value), self.parameters.decimals)

    def _signed(self, value: float) -> str:
        return self._plus(value) + self._number(value)

    def _range(
        self, row: object, column: str, values: pd.DataFrame, spread: Spread | None, least_decimals: int = 0
    ) -> str:
        low, high = (float(ends.loc[row, column]) for ends in spread or (values, values))
        decimals = max(self.parameters.decimals, least_decimals)
        return self.language.interval(float(values.loc[row, column]), low, high, decimals)

    def _ranged(self, row: object, column: str, values: pd.DataFrame, spread: Spread | None) -> str:
        """The range of a difference, with its sign."""
        return self._plus(float(values.loc[row, column])) + self._range(row, column, values, spread)

    def _unless(
        self, chosen: object, column: str, among: Iterable[str], spread: Spread | None, first: bool = True
    ) -> str:
        """Say who may come before the country chosen as first (or last) in a column, if anybody may."""
        if spread is None:
            return ""
        low, high = (ends[column] if first else -ends[column] for ends in (spread if first else spread[::-1]))
        others = [other for other in among if other != chosen and high[other] > low[chosen]]
        if not others:
            return ""
        named = self.language.series([self._country(other) for other in others], "or")
        return self.language.text("findings", "unless" if len(others) < 3 else "unless_many", others=named)

    def _plus(self, value: float) -> str:
        return "+" if round(value, self.parameters.decimals) > 0 else ""
