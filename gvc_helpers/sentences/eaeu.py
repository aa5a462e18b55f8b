"""Sentences that state results. Each is true of the run it is written for, whatever the parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from gvc_helpers._typing import Spread
from gvc_helpers.measures.differences import SizeCorrection
from gvc_helpers.measures.profile import DETERMINED, NARROW
from gvc_helpers.measures.vertical_specialization import VerticalSpecialization, bloc_total
from gvc_helpers.report.words import Language, as_text
from gvc_helpers.sentences.tables import TableFindings
from gvc_helpers.studies.eaeu import EaeuVerticalSpecialization
from gvc_helpers.tables.io_table import IOTable


@dataclass(frozen=True)
class Findings(TableFindings):
    """Writes the findings of the study of vertical specialization.

    Parameters
    ----------
    parameters : EaeuVerticalSpecialization
        Parameters of the run.
    language : Language
        Language of the sentences.
    """

    parameters: EaeuVerticalSpecialization
    language: Language

    # Sections, in the order of the report ---------------------------------------------------------

    def question(self, table: IOTable) -> list[str]:
        """What is asked, of whom and from which data."""
        p = self.parameters
        return [
            self._say(
                "question",
                countries=self._countries(p.focus),
                bloc=as_text(p.bloc.name),
                members=self._countries(p.bloc.members),
                source=as_text(table.source),
                year=str(p.year),
            )
        ]

    def headline(self, vs: VerticalSpecialization) -> list[str]:
        """The main results in a few sentences."""
        focus = self.parameters.focus
        own, supplied = vs.vs[focus].dropna(), vs.vs1[focus].dropna()
        both = (own + supplied).dropna().sort_values(ascending=False, kind="stable")
        ranking = [f"{self._country(c)} ({self._number(v)})" for c, v in both.items()]
        return [
            self._extremes("most_vs", own),
            self._extremes("most_vs1", supplied),
            self._say("ranking", ranking=self.language.series(ranking)),
            *self.inside_the_bloc(vs),
        ]

    def inside_the_bloc(self, vs: VerticalSpecialization) -> list[str]:
        """For which members of the bloc its inner chains outweigh those with others."""
        members = [c for c in self.parameters.focus if c in self.parameters.bloc.members]
        bloc = as_text(self.parameters.bloc.name)
        if not members:
            return [self._say("no_member_in_focus", bloc=bloc)]
        sentences = []
        for key, shares, total in (("backward", vs.by_origin, vs.vs), ("forward", vs.by_exporter, vs.vs1)):
            inside = bloc_total(shares, self.parameters.bloc.members)[members] / total[members]
            mostly = [self._country(c) for c in members if inside[c] > 0.5]
            which = "none" if not mostly else "all" if len(mostly) == len(members) else "some"
            sentences.append(
                self._say(
                    f"{key}_inside_{which}", bloc=bloc, countries=self.language.series(mostly),
                    most=self._country(inside.idxmax()), share=self._number(100 * inside.max()),
                )
            )  # fmt: skip
        return sentences

    def sectors(
        self,
        vs: VerticalSpecialization,
        countries: Sequence[str],
        spreads: tuple[Spread | None, Spread | None],
    ) -> list[str]:
        """The three sectors that contribute most to VS and to VS1 of each country, where data settle it.

        `spreads` are the ranges of ``vs_by_sector`` and ``vs1_by_sector``.
        """
        frames = (vs.vs_by_sector, vs.vs1_by_sector)
        sentences = []
        for country in countries:
            top = [
                self._top(frame[country].dropna(), spread and (spread[0][country], spread[1][country]))
                for frame, spread in zip(frames, spreads, strict=True)
            ]
            key = "sectors" if all(top) else "sectors_undecided"
            sentences.append(self._say(key, country=self._country(country), backward=top[0], forward=top[1]))
        return sentences

    def agriculture_and_food(self, shares: pd.DataFrame, spread: Spread | None) -> list[str]:
        """Where the bloc's share in imported inputs and exports of agriculture and food is largest."""
        known = shares.dropna(how="all")
        if known.empty:
            return [self._say("no_agriculture_and_food")]
        sentences = []
        for column in ("imported_inputs", "exports"):
            values = known[column].dropna()
            if values.empty:
                continue
            low, high = (values, values) if spread is None else (ends[column] for ends in spread)
            place = values.idxmax()
            open_to = [other for other in values.index if other != place and high[other] > low[place]]
            sentences.append(
                self._say(
                    f"agriculture_{column}" + ("_undecided" if open_to else ""),
                    bloc=as_text(self.parameters.bloc.name),
                    place=self._place(place),
                    share=self._number(values.max()),
                    others=self.language.series([self._place(other) for other in open_to]),
                )
            )
        return sentences

    def drivers(self, parts: pd.DataFrame, spread: Spread | None) -> list[str]:
        """Whether intensity or structure sets each country apart from the bloc."""
        sentences = []
        for country in parts.dropna().index:
            row = parts.loc[country]
            if row[["intensity", "structure"]].abs().max() < 1e-9:  # the country is the bloc
                continue
            larger = "intensity" if abs(row["intensity"]) > abs(row["structure"]) else "structure"
            sentences.append(
                self._say(
                    "driver" if self._decided(country, larger, spread) else "driver_undecided",
                    country=self._country(country),
                    bloc=as_text(self.parameters.bloc.name),
                    difference=self._number(abs(row["VS"] - row["reference"])),
                    direction=self._word("above" if row["VS"] > row["reference"] else "below"),
                    larger=self._word(larger),
                    intensity=self._ranged(country, "intensity", parts, spread),
                    structure=self._ranged(country, "structure", parts, spread),
                )
            )
        return sentences

    def years(self, changes: pd.DataFrame) -> list[str]:
        """How VS changed since the earlier year, and why."""
        return [
            self._say(
                "change",
                country=self._country(country),
                verb=self._word("rose" if row["later"] > row["earlier"] else "fell"),
                earlier=self._number(row["earlier"]),
                later=self._number(row["later"]),
                first=str(self.parameters.earlier_year),
                last=str(self.parameters.year),
                intensity=self._signed(row["intensity"]),
                structure=self._signed(row["structure"]),
            )
            for country, row in changes.dropna().iterrows()
        ]

    def size(self, correction: SizeCorrection | None, fitting: Sequence[SizeCorrection]) -> list[str]:
        """How VS goes with size, and who is most involved once size is taken into account."""
        if correction is None:
            return [self._say("no_size")]
        low, high = correction.interval
        slopes = [correction.slope, *(other.slope for other in fitting)]
        certain = "certain" if low > 0 or high < 0 else "uncertain"
        ratio = correction.countries["ratio"]
        focus = ratio[[c for c in self.parameters.focus if c in ratio.index]]
        sentences = [
            self._say(
                f"size_{certain}",
                slope=self.language.interval(correction.slope, min(slopes), max(slopes), 2),
                low=self.language.number(low, 2),
                high=self.language.number(high, 2),
                r_squared=self.language.number(100 * correction.r_squared, 0),
                countries=str(len(ratio)),
            )
        ]
        if len(focus):
            sentences.append(
                self._say(
                    "size_ranking",
                    most=self._country(focus.idxmax()),
                    most_ratio=self.language.number(focus.max(), 2),
                    least=self._country(focus.idxmin()),
                    least_ratio=self.language.number(focus.min(), 2),
                )
            )
        return sentences

    def bloc_rows(self) -> tuple[str, str]:
        """Names of the rows for the bloc: its members added up, and as one exporter."""
        label = self.parameters.bloc.label
        added, united = (
            self.language.text("words", key, bloc=label[:1].upper() + label[1:])
            for key in ("members_added_up", "one_exporter")
        )
        return added, united

    def double_counting(self, profile: pd.DataFrame, spread: Spread | None) -> list[str]:
        """What double counting and the national table do to VS, and what the bloc is as one exporter.

        `profile` and its `spread` have the countries looked at and, last, the two rows of the bloc.
        """
        exporting = profile.loc[[c for c in self.parameters.focus if pd.notna(profile.loc[c, "VS"])]]
        if exporting.empty:
            return []
        return [
            self._foreign_double_counting(exporting, spread),
            self._national_table(exporting, spread),
            *self._one_exporter(profile.iloc[-2:], spread),
        ]

    def _foreign_double_counting(self, countries: pd.DataFrame, spread: Spread | None) -> str:
        most = countries["FDC_kww"].idxmax()
        return self._say(
            "foreign_double_counting",
            most=self._country(most),
            highest=self._range(most, "FDC_kww", countries, spread),
            other=self._range(most, "FDC", countries, spread),
            unless=self._unless(most, "FDC_kww", countries.index, spread),
        )

    def _national_table(self, countries: pd.DataFrame, spread: Spread | None) -> str:
        shown = countries[["VS_national", "VS"]].round(self.parameters.decimals)
        differing = countries[shown["VS_national"] != shown["VS"]]
        if differing.empty:
            return self._say("national_table_same")
        most = (differing["VS_national"] - differing["VS"]).idxmax()
        gaps = spread and tuple((ends["VS_national"] - ends["VS"]).to_frame("gap") for ends in spread)
        return self._say(
            "national_table",
            most=self._country(most),
            national=self._range(most, "VS_national", countries, spread),
            linked=self._range(most, "VS", countries, spread),
            unless=self._unless(most, "gap", countries.index, gaps),
        )

    def _one_exporter(self, rows: pd.DataFrame, spread: Spread | None) -> list[str]:
        """`rows` are the two of the bloc, its members added up and as one exporter."""
        if len(self.parameters.bloc.members) < 2 or rows["VS"].isna().any():
            return []
        added, netted = (self._range(row, "VS", rows, spread) for row in rows.index)
        return [
            self._say("one_exporter", bloc=as_text(self.parameters.bloc.name), netted=netted, added=added)
        ]

    def kinds_of_trade(self, profile: pd.DataFrame, spread: Spread | None) -> list[str]:
        """For which countries forward or backward trade in value chains is the larger."""
        countries = profile.loc[self.parameters.focus].dropna()
        low, high = (ends.loc[countries.index] for ends in spread or (profile, profile))
        forward = low["pure_forward"] > high["pure_backward"]
        backward = low["pure_backward"] > high["pure_forward"]
        groups = {"mostly_forward": forward, "mostly_backward": backward}
        if spread is not None:
            groups["either_way"] = ~(forward | backward)
        return [
            self._say(key, countries=self._countries(list(countries.index[group])))
            for key, group in groups.items()
            if group.any()
        ]

    def extremes(self, key: str, rows: pd.DataFrame, column: str, spread: Spread | None) -> list[str]:
        """Who comes first and last of the countries looked at in one column, where the data settle it."""
        known = rows.loc[self.parameters.focus, column].dropna()
        if known.empty:
            return []
        most, least = known.idxmax(), known.idxmin()
        doubts = [
            self._unless(most, column, known.index, spread),
            self._unless(least, column, known.index, spread, first=False),
        ]
        return [
            self._say(
                f"{key}_open" if all(doubts) else key,
                most=self._country(most),
                highest=self._range(most, column, rows, spread, 2),
                unless=doubts[0],
                least=self._country(least),
                lowest=self._range(least, column, rows, spread, 2),
                unless_least=doubts[1],
            )
        ]

    def verdicts(self, determinacy: pd.DataFrame) -> pd.DataFrame:
        """The frame with its verdicts in words."""
        words = [self._word(verdict) for verdict in determinacy["verdict"]]
        return determinacy.set_index("country", append=True).assign(verdict=words)

    def limits(self) -> dict[str, str]:
        """Widths of a range, in % of the value, that count as determined and as narrow."""
        widths = {"determined": DETERMINED, "narrow": NARROW}
        return {verdict: self.language.number(100 * width, 0) for verdict, width in widths.items()}

    def determinacy(self, determinacy: pd.DataFrame) -> list[str]:
        """Which measures the printed figures determine and which they leave open."""
        groups = {
            verdict: [as_text(self.language.heading_in_a_sentence(str(measure))) for measure in part.index]
            for verdict, part in determinacy.groupby("verdict", sort=False)
        }
        return [
            self._say(verdict, measures=self.language.series(groups[verdict]))
            for verdict in ("determined", "narrow", "open")
            if verdict in groups
        ]

    def estimates(self, frame: pd.DataFrame) -> list[str]:
        """How far the estimates of others lie from the results."""
        if frame.empty:
            return [self._say("no_estimates")]
        distance = (frame["computed"] - frame["value"]).abs()
        far = frame.loc[distance.idxmax()]
        return [
            self._say(
                "estimates",
                estimates=str(len(frame)),
                median=self._number(distance.median()),
                country=self._country(far["country"]),
                indicator=as_text(far["indicator"]),
                value=self._number(far["value"]),
                computed=self._number(far["computed"]),
                source=as_text(far["source"]),
            )
        ]

    def printed(self, comparison: pd.DataFrame | None, faults: pd.DataFrame) -> list[str]:
        """How many printed cells are met, and which are not."""
        if comparison is None:
            return [self._say("no_comparison")]
        missed = comparison[~comparison["match"]]
        sentences = [
            self._say(
                "printed",
                cells=str(len(comparison)),
                matches=str(int(comparison["match"].sum())),
                largest=self.language.number(float(comparison["difference"].abs().max()), 4),
            )
        ]
        if len(missed):
            totals = set(missed.index.get_level_values("row")) == {"EAEU"}
            key = "printed_missed_totals" if totals else "printed_missed"
            sentences.append(self._say(key, missed=str(len(missed))))
        sentences.append(
            self._say("printed_faults", faults=str(len(faults)),
                      largest=self.language.number(float(faults["difference"].abs().max()), 2))
        )  # fmt: skip
        return sentences

    # Words ----------------------------------------------------------------------------------------

    def _decided(self, country: object, larger: str, spread: Spread | None) -> bool:
        """Whether the larger of the two parts is the larger in all tables, by the ends of the ranges."""
        if spread is None:
            return True
        other = "structure" if larger == "intensity" else "intensity"
        low, high = (ends.loc[country] for ends in spread)
        if low[larger] <= 0 <= high[larger]:
            return False
        return bool(min(abs(low[larger]), abs(high[larger])) > max(abs(low[other]), abs(high[other])))

    def _extremes(self, key: str, values: pd.Series[float]) -> str:
        return self._say(
            key,
            most=self._country(values.idxmax()),
            highest=self._number(values.max()),
            least=self._country(values.idxmin()),
            lowest=self._number(values.min()),
        )

    def _top(self, values: pd.Series[float], ends: tuple[pd.Series[float], pd.Series[float]] | None) -> str:
        """Name the three largest values; nothing if the data leave open which they are."""
        top = values.sort_values(ascending=False, kind="stable").head(3)
        if ends is not None and ends[0][top.index].min() < ends[1].drop(index=top.index).max():
            return ""
        return self.language.series([f"{as_text(str(name))} ({self._number(v)})" for name, v in top.items()])
