"""Sentences on a zone and its clusters. Each is true of the run it is written for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from gvc_helpers.report.words import Language, as_text
from gvc_helpers.studies.zone import GrodnoinvestClusterTransformation
from gvc_helpers.zones.clusters import FEW_CORES, MANY_EQUALS, RISKS
from gvc_helpers.zones.leadership import Concordance
from gvc_helpers.zones.localization import misread
from gvc_helpers.zones.register import Zone


@dataclass(frozen=True)
class ZoneFindings:
    """Writes the findings of the study of a zone and its clusters.

    Parameters
    ----------
    parameters : GrodnoinvestClusterTransformation
        Parameters of the run.
    language : Language
        Language of the sentences.
    """

    parameters: GrodnoinvestClusterTransformation
    language: Language

    # Sections, in the order of the report ---------------------------------------------------------

    def question(self, records: Zone) -> list[str]:
        """What is asked, of which zone and from which data."""
        asked = self._say(
            "question",
            residents=self._count("resident", len(records.residents)),
            source=as_text(records.source),
        )
        return [asked, *([self._say("synthetic")] if records.synthetic else [])]

    def headline(self, synthesis: pd.DataFrame, core: Mapping[str, Sequence[str]]) -> list[str]:
        """The anchor sectors, their types and cores, and why the others are none."""
        anchors = synthesis[synthesis["anchor"]]
        if anchors.empty:
            sentences = [self._say("no_anchor")]
        else:
            key = "anchor" if len(anchors) == 1 else "anchors"
            sentences = [self._say(key, sectors=self._names(anchors.index))]
        for kind in (FEW_CORES, MANY_EQUALS):
            if len(of_kind := anchors.index[anchors["type"] == kind]):
                named = [f"{as_text(s)} ({self._names(core[s])})" for s in of_kind]
                sentences.append(self._say(kind, sectors=self.language.series(named)))
        for reason, part in synthesis[~synthesis["anchor"]].groupby("reason", sort=False):
            key = f"{reason}_one" if len(part) == 1 else str(reason)
            sentences.append(self._say(key, sectors=self._names(part.index), **self._limits()))
        return sentences

    def firmness(self, firmness: pd.DataFrame) -> list[str]:
        """Which judgements stand and which could turn with other residents or weights."""
        firm = firmness.index[firmness["firm"]]
        sentences = [self._choose("firm", firm, len(firmness))]
        for part in ("specialization", "type", "leader"):
            if len(open_ := firmness.index[~firmness[part].astype(bool)]):
                sentences.append(self._say(f"open_{part}", sectors=self._names(open_), **self._limits()))
        return sentences

    def data(self, records: Zone, year: int) -> list[str]:
        """Size of the register in a year and the zone's weight in the region."""
        rows = records.of_year(year)
        sentences = [
            self._say(
                "register",
                residents=self._count("resident", len(records.residents)),
                sectors=str(records.register["sector"].nunique()),
                first=str(min(records.years)),
                last=str(max(records.years)),
                year=str(year),
                reporting=str(len(rows)),
                production=self._number(rows["production"].sum()),
                exports=self._number(rows["exports"].sum()),
                unit=as_text(records.unit),
            )
        ]
        if records.plan_years:
            plans = self.language.series([str(plan) for plan in records.plan_years])
            sentences.append(self._say("plans", years=plans))
        gaps = rows.drop(columns="registered").isna().sum()
        if len(gaps := gaps[gaps > 0]):
            named = [f"{self._heading(column)} ({count})" for column, count in gaps.items()]
            sentences.append(self._say("gaps", year=str(year), columns=self.language.series(named)))
        return sentences

    def replication(self) -> list[str]:
        """What is left out where the zone is not that of the replicated paper."""
        return [] if self.parameters.reconstructed else [self._say("not_the_paper")]

    def specialization(
        self,
        quotients: Mapping[str, pd.DataFrame],
        intervals: Mapping[str, pd.DataFrame],
        overall: Mapping[str, pd.Series[float]],
        changes: Mapping[str, pd.DataFrame],
    ) -> list[str]:
        """Sectors above the threshold, how sure that is, and what stands behind falling quotients."""
        p, sentences = self.parameters, []
        for quantity, frame in quotients.items():
            values = frame[p.year].dropna().sort_values(ascending=False, kind="stable")
            above = values[values > p.thresholds.quotient]
            listed = [f"{as_text(str(s))} ({self._ratio(v)})" for s, v in above.items()]
            sentences.append(
                self._say(
                    "specialized" if len(above) else "specialized_none",
                    quantity=self._word(quantity), year=str(p.year), sectors=self.language.series(listed),
                    threshold=f"{p.thresholds.quotient:g}",
                )
            )  # fmt: skip
            low, high = (intervals[quantity][end] for end in ("low", "high"))
            turns = values.index[[low[s] <= p.thresholds.quotient < high[s] for s in values.index]]
            if len(turns):
                sentences.append(
                    self._say("specialized_open", quantity=self._word(quantity), sectors=self._names(turns))
                )
        for quantity, shares in overall.items():
            first, last = shares[p.base_year], shares[p.year]
            span = {"quantity": self._word(quantity), "base": str(p.base_year), "year": str(p.year)}
            if not (first > 0 and last > 0):
                sentences.append(self._say("overall_none", **span))
                continue
            sentences.append(
                self._say(
                    "overall_rose" if last > first else "overall_fell",
                    **span, first=self._number(first), last=self._number(last),
                    ceiling_first=self._ratio(100 / first), ceiling_last=self._ratio(100 / last),
                )
            )  # fmt: skip
            if len(sectors := misread(changes[quantity])):
                sentences.append(
                    self._say("misread", quantity=self._word(quantity), sectors=self._names(sectors))
                )
        return sentences

    def shift_share(self, parts: pd.DataFrame) -> list[str]:
        """Where the zone gained on the region and where it lost."""
        own = parts["competitive"].dropna()
        if own.empty:
            return []
        total = parts[["change", "competitive"]].sum()
        return [
            self._say(
                "shift_share",
                change=self._signed(total["change"]),
                competitive=self._signed(total["competitive"]),
                most=as_text(str(own.idxmax())),
                highest=self._signed(own.max()),
                least=as_text(str(own.idxmin())),
                lowest=self._signed(own.min()),
                unit=as_text(self.parameters.data.unit),
                base=str(self.parameters.base_year),
                year=str(self.parameters.year),
            )
        ]

    def inequality(
        self, totals: pd.DataFrame, by_sector: Mapping[str, pd.DataFrame], few: Sequence[str]
    ) -> list[str]:
        """Inequality of the whole zone over the years, and the sectors at both ends.

        `totals` is by (quantity, year); `by_sector` has a frame for each quantity.
        """
        sentences = []
        for quantity, frame in by_sector.items():
            years = totals.loc[quantity]
            first, last = years.index[0], years.index[-1]
            if first != last and years.loc[[first, last], "gini"].notna().all():
                change = years.loc[last, "gini"] - years.loc[first, "gini"]
                sentences.append(
                    self._say(
                        "inequality_rose" if change > 0 else "inequality_fell",
                        quantity=self._word(quantity), first=str(first), last=str(last),
                        before=self._fine(years.loc[first, "gini"]),
                        after=self._fine(years.loc[last, "gini"]),
                    )
                )  # fmt: skip
            now = years.loc[max(self.parameters.inequality_years)]
            if np.isnan(now["gini"]):
                sentences.append(self._say("nothing_to_compare", quantity=self._word(quantity)))
                continue
            sentences.append(
                self._say(
                    "top_quarter", quantity=self._word(quantity), share=self._number(now["top_share"]),
                    year=str(max(self.parameters.inequality_years)),
                    equivalent=self.language.number(float(now["equivalent_number"]), 1),
                    residents=str(int(now["residents"])),
                )
            )  # fmt: skip
            firm = frame["gini_corrected"].drop(index=["total", *few], errors="ignore").dropna()
            if len(firm) > 1:
                sentences.append(
                    self._say(
                        "unequal", quantity=self._word(quantity),
                        most=as_text(str(firm.idxmax())), highest=self._fine(firm.max()),
                        least=as_text(str(firm.idxmin())), lowest=self._fine(firm.min()),
                    )
                )  # fmt: skip
        if few:
            least = str(self.parameters.thresholds.least_residents)
            sentences.append(self._choose("few_residents", few, len(few) + 1, least=least))
        return sentences

    def cooperation(self, sales: pd.DataFrame, measures: pd.Series[float] | None) -> list[str]:
        """How much residents sell to one another, and how their network is built where it is known."""
        share = sales["share"].drop(index="total").dropna()
        sentences = []
        if share.empty:
            sentences.append(self._say("no_resident_sales"))
        else:
            sentences.append(
                self._say(
                    "resident_sales",
                    share=self._number(sales.loc["total", "share"]),
                    most=as_text(str(share.idxmax())),
                    highest=self._number(share.max()),
                )
            )
        if measures is None:
            return [*sentences, self._say("no_links")]
        return [
            *sentences,
            self._say(
                "network",
                linked=str(int(measures["linked"])),
                residents=str(int(measures["residents"])),
                ties=str(int(measures["ties"])),
                density=self._number(100 * measures["density"]),
                reciprocity=self._number(100 * measures["reciprocity"]),
                core=str(int(measures["core_size"])),
                core_share=self._number(measures["core_share"]),
            ),
        ]

    def leaders(self, leaders: pd.DataFrame, agreement: Concordance) -> list[str]:
        """Span of the coefficient, the first places, and how far the indicators agree."""
        p, scores = self.parameters, leaders["coefficient"]
        first = leaders.head(p.top)["sector"].value_counts(sort=False)
        counts = first.sort_values(ascending=False, kind="stable")
        listed = [f"{as_text(str(sector))} ({count})" for sector, count in counts.items()]
        sentences = [
            self._say(
                "leaders",
                lowest=self._number(scores.min()),
                highest=self._number(scores.max()),
                residents=str(len(leaders)),
                leader=as_text(str(leaders.index[0])),
                sector=as_text(str(leaders["sector"].iloc[0])),
            ),
            self._say(
                "leaders_by_sector",
                top=str(min(p.top, len(leaders))),
                sectors=self.language.series(listed),
            ),
        ]
        if not np.isnan(agreement.w):
            key = "agreement" if agreement.certain else "agreement_none"
            sentences.append(self._say(key, w=self._ratio(agreement.w), indicators=str(agreement.judges)))
        return sentences

    def stability(self, left_out: pd.DataFrame, weights: pd.DataFrame) -> list[str]:
        """Who stays among the first whatever is left out and however indicators are weighted."""
        p = self.parameters
        first = left_out.index[: p.core]
        always = first[(left_out.loc[first] <= p.core).all(axis=1)]
        likely = weights.index[weights["probability"] >= p.thresholds.likely]
        return [
            self._choose("always", always, len(first), core=str(p.core)),
            self._choose(
                "likely",
                likely,
                len(weights),
                core=str(p.core),
                probability=f"{100 * p.thresholds.likely:g}",
            ),
        ]

    def memberships(self, best: Mapping[str, Sequence[str]], leaders: pd.DataFrame) -> list[str]:
        """How many of the best by single indicators are among the leaders."""
        top = set(leaders.index[: self.parameters.top])
        parts = [
            self.language.text("findings", "membership_part", count=str(len(top & set(names))),
                               of=str(len(names)), indicator=self._heading(key))
            for key, names in best.items() if names
        ]  # fmt: skip
        listed = self.language.series(parts)
        return [self._say("memberships", top=str(self.parameters.top), parts=listed)] if parts else []

    def risks(self, risks: pd.DataFrame, anchors: Sequence[str]) -> list[str]:
        """The flagged risks of each anchor sector."""
        sentences = []
        for sector in anchors:
            if sector not in risks.index:
                continue
            row = risks.loc[sector]
            named = [self._risk(key, row) for key in RISKS if row[key] is not None and bool(row[key])]
            key = "risks" if named else "no_risks"
            sentences.append(self._say(key, sector=as_text(sector), risks=self.language.series(named)))
        return sentences

    def regime(self, gains: pd.DataFrame, rates: pd.Series[float]) -> list[str]:
        """What is gained by moving revenue into the preferential regime."""
        scenario = self.parameters.regime
        if scenario is None:
            return [self._say("no_regime")]
        unit = as_text(scenario.unit)
        sentences = [
            self._say(
                "regime_now", subject=as_text(scenario.subject), year=str(scenario.year), unit=unit,
                outside=self._number(scenario.outside), share=self._short(scenario.share),
            )
        ]  # fmt: skip
        if scenario.rate is None:
            listed = [f"{self.language.number(100 * float(rate), 1)} %" for rate in rates]
            sentences.append(self._say("regime_rates", rates=self.language.series(listed)))
        else:
            sentences.append(self._say("regime_rate", rate=self._short(scenario.rate)))
        for target, row in gains.iterrows():
            sentences.append(
                self._say(
                    "regime_gain", target=self._short(float(target)), gain=self._number(row["gain"]),
                    shifted=self._number(row["shifted"]), unit=unit,
                )
            )  # fmt: skip
        return sentences

    def printed(self, comparison: pd.DataFrame | None) -> list[str]:
        """How many printed figures are met, and which are not because they contradict others."""
        if comparison is None:
            return self.replication()
        counts = comparison["verdict"].value_counts()
        met, missed = (int(counts.get(key, 0)) for key in ("met", "missed"))
        sentences = [
            self._say("printed", met=str(met), cells=str(len(comparison))),
            self._say("printed_missed" if missed else "printed_none_missed", missed=str(missed)),
        ]
        return [*sentences, *self._contradicted(comparison)]

    def self_check(self, checks: pd.DataFrame) -> list[str]:
        """How many of the paper's statements agree with its figures."""
        if not self.parameters.reconstructed:
            return self.replication()
        agree = int((checks["verdict"] == "agrees").sum())
        return [
            self._say(
                "self_check", checks=str(len(checks)), agree=str(agree), others=str(len(checks) - agree)
            )
        ]

    def limits_of_method(self, limits: pd.DataFrame) -> list[str]:
        """What the method cannot show, in the paper's own figures."""
        say, sentences = self._say, []
        wide = limits.pivot_table("value", ["key", "entity", "year"], "measure", sort=False)
        for (_, quantity, _), row in wide.xs("ranking", drop_level=False).iterrows():
            sentences.append(
                say("limit_ranking", quantity=self._word(quantity), same=self._short(row["same_place"]),
                    sectors=self._short(row["sectors"]), threshold=self._number(row["threshold"]))
            )  # fmt: skip
        for (_, sector, _), row in wide.xs("falling_quotient", drop_level=False).iterrows():
            sentences.append(
                say("limit_falling", sector=as_text(sector), earlier=self._short(row["share_earlier"]),
                    later=self._short(row["share_later"]), change=self._signed(row["log_change"]),
                    own=self._signed(row["of_share"]), overall=self._signed(row["of_overall"]))
            )  # fmt: skip
        ceilings = [
            self.language.text("findings", "limit_ceiling_part", ceiling=self._ratio(row["ceiling"]),
                               quantity=self._word(quantity), year=year)
            for (_, quantity, year), row in wide.xs("ceiling", drop_level=False).iterrows()
        ]  # fmt: skip
        sentences.append(say("limit_ceiling", ceilings=self.language.series(ceilings)))
        counts = limits.groupby(["key", "measure"])["value"].first()
        sentences.append(say("limit_volumes", volumes=self._short(counts["volumes", "volumes"]),
                             indicators=self._short(counts["volumes", "indicators"])))  # fmt: skip
        sentences.append(say("limit_links", count=self._short(counts["links", "indicators"])))
        for (_, indicator, _), row in wide.xs("outside", drop_level=False).iterrows():
            sentences.append(
                say("limit_outside", best=self._short(row["best"]),
                    outside=self._short(row["outside"]), indicator=self._heading(indicator))
            )  # fmt: skip
        return sentences

    def policy(
        self,
        synthesis: pd.DataFrame,
        core: Mapping[str, Sequence[str]],
        firmness: pd.DataFrame,
        risks: pd.DataFrame,
    ) -> list[str]:
        """What follows for each sector of the zone, from its stages and risks."""
        sentences = []
        for sector, row in synthesis.iterrows():
            if row["residents"] == 0:
                continue
            names = {"sector": as_text(str(sector)), "core": self._names(core.get(str(sector), []))}
            if row["anchor"]:
                advice = [self._say(f"policy_{row['type']}", **names)]
                if not firmness.loc[sector, "firm"]:
                    advice.append(self._say("policy_not_firm"))
                if sector in risks.index:
                    flags = [
                        k for k in RISKS if risks.loc[sector, k] is not None and bool(risks.loc[sector, k])
                    ]
                    advice += [self._say(f"policy_{key}") for key in flags]
            else:
                advice = [self._say(f"policy_{row['reason']}", **names)]
            sentences.append(" ".join(advice))
        return sentences

    # Tables in words ------------------------------------------------------------------------------

    def in_words(self, frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
        """Replace the keys in some columns of a table by their words."""
        words = {c: frame[c].map(lambda key: self.language.heading(key) if key else "–") for c in columns}
        return frame.assign(**words)

    def checks(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Checks of the paper against itself in words, without what only programs need."""
        columns = ["key", "entity", "year", "printed", "implied", "unit", "verdict"]
        stated = {"key": frame["key"].map(partial(self.language.text, "checks")),
                  "verdict": frame["verdict"].map(partial(self.language.text, "verdicts"))}  # fmt: skip
        return self.in_words(frame, "entity", "unit").assign(**stated)[columns].set_index("key")

    def cells(self, comparison: pd.DataFrame) -> pd.DataFrame:
        """Printed and computed figures with the decimals that they are printed with, and one more."""
        decimals = [max(0, round(-math.log10(2 * r))) if r else 0 for r in comparison["rounding"]]
        shown = {
            name: [self.language.number(v, d + more) for v, d in zip(comparison[name], decimals, strict=True)]
            for name, more in (("printed", 0), ("computed", 1))
        }
        columns = ["item", "entity", "year", "printed", "computed", "verdict", "follows"]
        worded = self.in_words(comparison.assign(**shown), "item", "entity", "verdict", "follows", "where")
        return worded.set_index("where")[columns]

    def first_by_indicator(self, best: Mapping[str, Sequence[str]], leaders: pd.DataFrame) -> pd.DataFrame:
        """The best by single indicators, with their places among all."""
        places = leaders["place"].astype(object)  # a resident with gaps may have none
        columns = {
            key: pd.Series([f"{name} ({places.get(name, '–')})" for name in names], dtype=object)
            for key, names in best.items()
        }
        return pd.DataFrame(columns).fillna("–").rename(index=lambda n: n + 1).rename_axis("rank")

    # Words ----------------------------------------------------------------------------------------

    def _say(self, key: str, **values: str) -> str:
        p = self.parameters
        return self.language.sentence(key, zone=as_text(p.zone), region=as_text(p.region), **values)

    def _choose(self, key: str, chosen: Sequence[str], of: int, **values: str) -> str:
        """Say it of none, one, some or all of a number of sectors or residents."""
        n = len(chosen)
        which = "none" if n == 0 else "all" if n == of else "one" if n == 1 else "some"
        return self._say(f"{key}_{which}", names=self._names(chosen), count=str(n), **values)

    def _contradicted(self, comparison: pd.DataFrame) -> list[str]:
        rows = comparison[comparison["verdict"] == "contradicted"]
        return [
            self._say(
                "printed_contradicted", item=self._heading(str(row["item"])), where=str(row["where"]),
                entity=as_text(str(row["entity"])), year=str(row["year"]),
                printed=self._short(row["printed"]), computed=self._number(row["computed"]),
                follows=as_text(str(row["follows"])),
            )
            for _, row in rows.iterrows()
        ]  # fmt: skip

    def _risk(self, key: str, row: pd.Series) -> str:
        if key == "life_cycle":  # of the two growths that can flag it, one may be unknown
            known = row[["growth", "planned_growth"]].notna()
            key = "life_cycle" if known.all() else "life_cycle_now" if known["growth"] else "life_cycle_plan"
        return self.language.text(
            "findings", f"risk_{key}", leader=as_text(str(row["leader"])),
            largest=self._number(row["largest_share"]), regional=self._number(row["regional_share"]),
            newcomers=self._number(row["newcomers"]), growth=self._signed(row["growth"]),
            planned=self._signed(row["planned_growth"]),
        )  # fmt: skip

    def _limits(self) -> dict[str, str]:
        limits = self.parameters.thresholds
        return {
            "quotient": f"{limits.quotient:g}",
            "least": str(limits.least_residents),
            "gini": f"{limits.equal_gini:g}",
            "core": str(self.parameters.core),
        }

    def _names(self, names: Iterable[object]) -> str:
        return self.language.series([as_text(str(name)) for name in names])

    def _word(self, key: str) -> str:
        return self.language.text("words", key)

    def _heading(self, key: str) -> str:
        return as_text(self.language.heading_in_a_sentence(key))

    def _count(self, word: str, number: int) -> str:
        return self.language.text("words", word if number == 1 else f"{word}s", number=str(number))

    def _number(self, value: float) -> str:
        return self.language.amount(float(value), self.parameters.decimals)

    def _ratio(self, value: float) -> str:
        return self.language.number(float(value), max(self.parameters.decimals, 2))

    def _fine(self, value: float) -> str:
        """A coefficient between 0 and 1."""
        return self.language.number(float(value), max(self.parameters.decimals, 3))

    def _short(self, value: float) -> str:
        """A number as it was given, without zeros at its end."""
        return f"{float(value):,g}"

    def _signed(self, value: float) -> str:
        number = self._number(value)
        return f"+{number}" if round(float(value), self.parameters.decimals) > 0 else number
