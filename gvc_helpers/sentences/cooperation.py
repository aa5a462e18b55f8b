"""Sentences on production cooperation. Each is true of the run it is written for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np
import pandas as pd

from gvc_helpers.cooperation.activity import ADVANTAGE, advantage
from gvc_helpers.cooperation.core_periphery import Relation, slope_difference
from gvc_helpers.cooperation.forms import CONTENDER, Contenders, converge, counted
from gvc_helpers.cooperation.networks import clustering
from gvc_helpers.cooperation.opportunity import (
    LEAST,
    MOST,
    PAYS,
    WAYS,
    best_way,
    idle_needed,
    over_making,
    pays,
    two_sided,
)
from gvc_helpers.cooperation.shocks import MODELS, borne_elsewhere, travels
from gvc_helpers.measures.absorption import OTHERS, bloc_partners, supplies_intermediates
from gvc_helpers.measures.chains import SHARES, fragmented
from gvc_helpers.report.words import as_text
from gvc_helpers.sentences.tables import TableFindings
from gvc_helpers.studies.cooperation import ProductionCooperation
from gvc_helpers.tables.io_table import REST_OF_WORLD, IOTable

SIGNED = ("value_added", "bloc_value_added", "price", "net", "bloc_net")
"""Figures of the ways that are changes, and have a sign."""
NAMED = 3
"""Sectors, suppliers or hubs that a sentence names."""


@dataclass(frozen=True)
class CooperationFindings(TableFindings):
    """Writes the findings of the study of production cooperation.

    Where several tables fit the printed figures, results come as sequences, that of the table shown first.

    Parameters
    ----------
    parameters : ProductionCooperation
        Parameters of the run.
    language : Language
        Language of the sentences.
    """

    parameters: ProductionCooperation

    # What is asked --------------------------------------------------------------------------------

    def source(self, table: IOTable) -> str:
        """Source of the tables, with all their years."""
        years = self.parameters.years
        if len(years) == 1:
            return table.source
        named = self.language.text(
            "words", "years", years=self.language.series([str(year) for year in years])
        )
        return table.source.removesuffix(f", year {years[-1]}") + named

    def question(self, table: IOTable) -> list[str]:
        """What is asked, for whom and from which data."""
        p = self.parameters
        years = self.language.series([str(year) for year in p.years])
        key = "question" if len(p.years) == 1 else "question_years"
        asked = self._say(
            key, focus=self._focus, bloc=self._bloc, years=years, source=as_text(self.source(table))
        )
        return [asked, *([self._say("synthetic")] if self._synthetic else [])]

    def regions(self) -> list[str]:
        """Which countries of the table stand for each region."""
        here = {region: members for region, members in self.parameters.regions.items() if members}
        absent = [as_text(region) for region, members in self.parameters.regions.items() if not members]
        named = [f"{as_text(region)} ({self._few(members)})" for region, members in here.items()]
        sentences = [self._say("regions", regions=self.language.series(named))] if named else []
        if absent:
            sentences.append(self._say("regions_absent", regions=self.language.series(absent)))
        return sentences

    def region_of(self, table: IOTable) -> dict[str, str]:
        """Region of every country of the table; `OTHERS` for those in none."""
        return {country: self._region_of.get(country, OTHERS) for country in table.countries}

    # Where the chains are -------------------------------------------------------------------------

    def chains(self, world: pd.DataFrame, countries: int, fits: Sequence[pd.Series[float]]) -> list[str]:
        """How international final manufactures are, and how that has changed.

        `world` has the average of all chains by year; `fits` that of every fitting table.
        """
        now = world.iloc[-1]
        sentences = [
            self._say(
                "chains",
                year=str(world.index[-1]),
                countries=str(countries),
                foreign=self._of([100.0 - fit["domestic"] for fit in fits]),
                regional=self._of([fit["regional"] for fit in fits]),
                globe=self._of([fit["global"] for fit in fits]),
            )
        ]
        if len(world) == 1:
            return [*sentences, self._say("chains_one_year")]
        change = now[SHARES] - world.iloc[0][SHARES]
        return [
            *sentences,
            self._say(
                "chains_changed",
                first=str(world.index[0]),
                verb=self._word("rose" if change["domestic"] < 0 else "fell"),
                earlier=self._number(100.0 - world.iloc[0]["domestic"]),
                later=self._number(100.0 - now["domestic"]),
                regional=self._signed(change["regional"]),
                globe=self._signed(change["global"]),
            ),
        ]

    def fragmentation(self, fragmentation: pd.Series[float]) -> list[str]:
        """In how many chains foreign value added has come to weigh more."""
        return [
            self._say(
                "fragmentation",
                chains=self.language.number(fragmentation["chains"], 0),
                risen=self.language.number(fragmentation["risen"], 0),
                globally=self.language.number(fragmentation["risen_globally"], 0),
            )
        ]

    def chains_of_focus(self, fits: Sequence[pd.DataFrame]) -> list[str]:
        """How international the products of the country are, and which most; every fitting table."""
        shown = fits[0].dropna()
        if shown.empty:
            return [self._say("no_chains", focus=self._focus)]
        most, least = shown["domestic"].idxmin(), shown["domestic"].idxmax()
        return [
            self._say(
                "chains_of_focus",
                focus=self._focus,
                most=as_text(str(most)),
                highest=self._of([100.0 - fit.loc[most, "domestic"] for fit in fits]),
                regional=self._of([fit.loc[most, "regional"] for fit in fits]),
                agree=self._agree([fit["domestic"].idxmin() == most for fit in fits]),
                least=as_text(str(least)),
                lowest=self._of([100.0 - fit.loc[least, "domestic"] for fit in fits]),
            )
        ]

    # Who gains ------------------------------------------------------------------------------------

    def blocs(
        self, matrices: Mapping[int, pd.DataFrame], fits: Sequence[pd.DataFrame], unit: str
    ) -> list[str]:
        """What the region of the country creates for whom; `fits` are trade between regions."""
        bloc = self._home
        trade = fits[0]
        surplus, deficit = trade["balance"].idxmax(), trade["balance"].idxmin()
        sentences = [
            self._say(
                "blocs_balance",
                most=self._region(surplus),
                highest=self._of([fit.loc[surplus, "balance"] for fit in fits]),
                least=self._region(deficit),
                lowest=self._of([fit.loc[deficit, "balance"] for fit in fits]),
                agree=self._agree([fit["balance"].idxmax() == surplus for fit in fits]),
                unit=as_text(unit),
            )
        ]
        if bloc is None:
            return [*sentences, self._say("no_home_region", focus=self._focus)]
        partners = {year: bloc_partners(matrix, bloc) for year, matrix in matrices.items()}
        first, last = partners[min(partners)], partners[max(partners)]
        if last.isna().all():  # there is no other bloc, or none that absorbs anything
            return sentences
        sentences.append(
            self._say(
                "bloc_of_focus",
                bloc=self._region(bloc),
                created=self._of([fit.loc[bloc, "created_share"] for fit in fits]),
                partner=self._region(last.idxmax()),
                share=self._number(last.max()),
                intermediates=self._of([fit.loc[bloc, "intermediates"] for fit in fits]),
            )
        )
        if len(partners) > 1:
            change = (last - first).dropna()
            sentences.append(
                self._say(
                    "bloc_partners_changed",
                    first=str(min(partners)),
                    winner=self._region(change.idxmax()),
                    gain=self._signed(change.max()),
                    loser=self._region(change.idxmin()),
                    loss=self._signed(change.min()),
                )
            )
        return sentences

    @property
    def home_region(self) -> str:
        """Name of the region that the country belongs to, empty where it is in none."""
        return self._home or ""

    def partners(self, matrices: Mapping[int, pd.DataFrame]) -> pd.DataFrame | None:
        """Where the value added of the country's region goes, by year; None where it is in no region."""
        if self._home is None:
            return None
        shares = {year: bloc_partners(matrix, self._home) for year, matrix in matrices.items()}
        return pd.DataFrame(shares).T.rename_axis(index="year", columns="bloc")

    def core_periphery(self, relations: Mapping[str, Relation], years: Sequence[int]) -> list[str]:
        """Whether countries that take part in value chains lose industry, and how sure that is."""
        if len(years) < 2:
            return [self._say("one_year_no_change")]
        if not relations:
            return [self._say("too_few_countries")]
        sentences = [
            self._say(
                f"relation_{fitted.sign}",
                group=self._word(f"group_{name}"),
                countries=str(len(fitted.countries)),
                slope=self.language.number(fitted.slope, 3),
                low=self.language.number(fitted.interval[0], 3),
                high=self.language.number(fitted.interval[1], 3),
                r_squared=self.language.number(100 * fitted.r_squared, 0),
                robust=self.language.text("findings", "robust" if fitted.robust else "not_robust"),
            )
            for name, fitted in relations.items()
        ]
        if {"core", "others"} <= set(relations):
            difference, (low, high) = slope_difference(relations["core"], relations["others"])
            sentences.append(
                self._say(
                    "slopes_differ" if low > 0 or high < 0 else "slopes_alike",
                    difference=self.language.number(difference, 3),
                    low=self.language.number(low, 3),
                    high=self.language.number(high, 3),
                )
            )
        return sentences

    def relations(self, relations: Mapping[str, Relation]) -> pd.DataFrame:
        """The lines through countries, as a table."""
        rows = {
            self._capital(self._word(f"group_{name}")): {
                "countries": len(fitted.countries),
                "slope": fitted.slope,
                "slope_low": fitted.interval[0],
                "slope_high": fitted.interval[1],
                "p_value": fitted.p_value,
                "of_variation": fitted.r_squared,
                "least_slope": fitted.without_one[0],
                "largest_slope": fitted.without_one[1],
            }
            for name, fitted in relations.items()
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")

    def hubs(self, fits: Sequence[pd.DataFrame], graphs: Sequence[nx.DiGraph]) -> list[str]:
        """Which sectors are most central, where the country stands, and how regional links are."""
        shown = without_rest(fits[0])["total"]
        top = shown.nlargest(NAMED)
        own = shown[self.parameters.focus]
        rank = int((shown > own.max()).sum()) + 1
        links = [clustering(graph, self._region_of) for graph in graphs]
        clustered = links[0][0] > links[0][1]
        same = [without_rest(fit)["total"].idxmax() == top.index[0] for fit in fits]
        sentences = [
            self._say(
                "hubs",
                hubs=self.language.series([self._place(place) for place in top.index]),
                first=self._place(top.index[0]),
                agree=self._agree(same),
            ),
            self._say(
                "hub_of_focus",
                focus=self._focus,
                sector=as_text(str(own.idxmax())),
                rank=str(rank),
                of=self.language.number(len(shown), 0),
                times=self._of([fit["total"][self.parameters.focus].loc[own.idxmax()] for fit in fits]),
            ),
        ]
        if not graphs[0].number_of_edges():
            return sentences
        return [
            *sentences,
            self._say(
                "links_inside" if clustered else "links_outside",
                inside=self._of([inside for inside, _ in links]),
                expected=self._of([expected for _, expected in links]),
                links=str(graphs[0].number_of_edges()),
                agree=self._agree([(inside > expected) == clustered for inside, expected in links]),
            ),
        ]

    def hub_table(self, centrality: pd.DataFrame, count: int = 12) -> pd.DataFrame:
        """The most central sectors and, after them, the most central of the country, with their ranks."""
        known = without_rest(centrality).sort_values("total", ascending=False, kind="stable")
        known = known.assign(rank=np.arange(1, len(known) + 1))
        own = known[known.index.get_level_values("country") == self.parameters.focus].head(NAMED)
        shown = pd.concat([known.head(count), own.drop(index=known.head(count).index, errors="ignore")])
        return shown[["rank", "supplier", "buyer", "total"]]

    # Stage one ------------------------------------------------------------------------------------

    def trade(self, fits: Sequence[pd.DataFrame], unit: str) -> list[str]:
        """Where the country has an advantage, gross and in value added, as far as all tables agree."""
        shown = fits[0]
        gross, added = shown["exports"].idxmax(), shown["value_added_exports"].idxmax()
        both = [
            fit["exports"].idxmax() == gross and fit["value_added_exports"].idxmax() == added for fit in fits
        ]
        sentences = [
            self._say(
                "trade",
                focus=self._focus,
                gross=as_text(str(gross)),
                added=as_text(str(added)),
                agree=self._agree(both),
                balance=self._of([fit["balance"].sum() for fit in fits], signed=True),
                unit=as_text(unit),
            )
        ]
        kinds = [advantage(fit) for fit in fits]
        settled = pd.concat(kinds, axis=1).nunique(axis=1, dropna=False) == 1
        ordered = shown.sort_values("rca_value_added", ascending=False).index
        for kind in ADVANTAGE[:3]:
            if sectors := [sector for sector in ordered if settled[sector] and kinds[0][sector] == kind]:
                sentences.append(self._say(f"advantage_{kind}", sectors=self._names(sectors)))
        if open_ := [sector for sector in ordered if not settled[sector]]:
            sentences.append(self._say("advantage_open", sectors=self._names(open_)))
        return sentences

    def dependence(self, fits: Sequence[pd.DataFrame]) -> list[str]:
        """On whom the sectors of the country depend; frames of every fitting table."""
        shown = fits[0].dropna(subset=["largest"])
        if shown.empty:
            return [self._say("no_dependence", focus=self._focus)]
        counts = shown["largest"].value_counts()
        leader = counts.index[0]
        most = shown["imported"].idxmax()
        concentrated = shown["concentration"].idxmax()
        return [
            self._say(
                "dependence",
                leader=self._country(leader),
                cases=str(int(counts.iloc[0])),
                of=str(len(shown)),
                agree=self._agree([(fit["largest"] == leader).sum() == counts.iloc[0] for fit in fits]),
            ),
            self._say(
                "dependence_most",
                sector=as_text(str(most)),
                imported=self._of([fit.loc[most, "imported"] for fit in fits]),
                supplier=self._country(shown.loc[most, "largest"]),
                share=self._of([fit.loc[most, "share"] for fit in fits]),
                concentrated=as_text(str(concentrated)),
                index=self.language.number(shown.loc[concentrated, "concentration"], 2),
            ),
        ]

    def dependence_table(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with names of countries in the place of codes."""
        names = [self.language.country(code) if isinstance(code, str) else None for code in frame["largest"]]
        shown = frame.assign(first_supplier=names).rename(columns={"bloc": "bloc_share"})
        return shown[["imported", "first_supplier", "share", "concentration", "bloc_share"]]

    def machinery(self, share: Sequence[float], imports: Mapping[int, float]) -> list[str]:
        """Imports of machinery: their share in imports, and their growth where there are several years."""
        sentences = [self._say("machinery", focus=self._focus, share=self._of(share), year=str(max(imports)))]
        first, last = min(imports), max(imports)
        if last > first and imports[first] > 0:
            index = self.language.number(100 * imports[last] / imports[first], 1)
            sentences.append(self._say("machinery_index", index=index, first=str(first), last=str(last)))
        return sentences

    def printed(self, printed: pd.DataFrame) -> pd.DataFrame:
        """The printed figures in words, with where they stand."""
        words = [
            self.language.text("printed", str(key), country=self.language.country(row["country"]),
                               year=str(row["year"]), base=str(row["compared_with"]))
            for key, row in printed.iterrows()
        ]  # fmt: skip
        values = [self.language.text("words", "percent", value=f"{value:g}") for value in printed["value"]]
        return pd.DataFrame({"printed_value": values, "place_in_paper": printed["place"].to_numpy()},
                            pd.Index(words, name="printed_figure"))  # fmt: skip

    def goals(self, distance: pd.DataFrame, fits: Sequence[pd.DataFrame]) -> list[str]:
        """Which goals are met, how far the others are, and whether the country has been coming nearer."""
        if distance.empty:
            return [self._say("no_goals")]
        met = distance.index[distance["distance"] == 0]
        sentences = [
            self._say("goals", met=str(len(met)), of=str(len(distance)), focus=self._focus,
                      agree=self._agree([list(fit.index[fit["distance"] == 0]) == list(met) for fit in fits]))
        ]  # fmt: skip
        for name, goal in distance.drop(index=met).dropna(subset=["distance"]).iterrows():
            key = "goal_missed"
            if pd.notna(goal["pace"]):
                key = "goal_nearing" if pd.notna(goal["years"]) else "goal_receding"
            sentences.append(
                self._say(
                    key,
                    goal=as_text(self.language.heading_in_a_sentence(str(name))),
                    distance=self._of([fit.loc[name, "distance"] for fit in fits]),
                    pace=self.language.number(abs(goal["pace"]), 2),
                    years=self.language.number(goal["years"], 0),
                )
            )
        return sentences

    def goal_table(self, distance: pd.DataFrame) -> pd.DataFrame:
        """The frame with its bounds in words and its indicators by name."""
        shown = distance.assign(bound=[self._word(bound.replace(" ", "_")) for bound in distance["bound"]])
        return shown if distance["pace"].notna().any() else shown.drop(columns=["pace", "years"])

    # Stage two ------------------------------------------------------------------------------------

    @property
    def threshold(self) -> str:
        """Share of random weights from which a form is a contender."""
        return self.language.number(CONTENDER, 0)

    def register_note(self, source: str) -> str:
        """Where the criteria of the register come from, for a caption."""
        return self.language.text("words", "register", source=source)

    def profile_table(self, profiles: pd.DataFrame) -> pd.DataFrame:
        """Profiles by form, with the weights of the run as the last row."""
        weights = pd.Series(self.parameters.weights).reindex(profiles.columns).fillna(0.0)
        frame = pd.concat([profiles, weights.to_frame(self._capital(self._word("weight"))).T])
        return frame.rename_axis("form")

    def forms(
        self,
        contenders: Contenders,
        scores: Sequence[pd.DataFrame],
    ) -> list[str]:
        """Which forms suit each sector: all that come first often enough, not one winner."""
        sentences = []
        for sector, named in contenders.items():
            best = scores[0].loc[sector].idxmax()
            agree = [fit.loc[sector].idxmax() == best for fit in scores]
            others = [form for form in named if form != best]
            sentences.append(
                self._say(
                    "forms" if others else "forms_alone",
                    sector=as_text(str(sector)),
                    best=self._form(best),
                    others=self.language.series([self._form(form) for form in others], "or"),
                    agree=self._agree(agree),
                )
            )
        return sentences

    def overlap(self, contenders: Contenders, overlap: pd.DataFrame) -> list[str]:
        """How far forms overlap."""
        counts = counted(contenders)
        pairs = overlap.where(np.triu(np.ones(overlap.shape, dtype=bool), 1)).stack()
        sentences = [
            self._say(
                "overlap",
                mean=self.language.number(float(counts.mean()), 1),
                alone=str(int((counts == 1).sum())),
                sectors=str(len(counts)),
                threshold=self.language.number(CONTENDER, 0),
            )
        ]
        if len(pairs) and pairs.max() > 0:
            one, other = pairs.idxmax()
            sentences.append(
                self._say("overlap_pair", one=self._form(one), other=self._form(other),
                          share=self.language.number(float(pairs.max()), 0))
            )  # fmt: skip
        return sentences

    def contender_table(self, contenders: Contenders, first: pd.DataFrame) -> pd.DataFrame:
        """Contenders of every sector in words, with how often each comes first."""
        named = [
            ", ".join(f"{self.language.heading(form)} ({self.language.number(first.loc[sector, form], 0)})"
                      for form in forms)
            for sector, forms in contenders.items()
        ]  # fmt: skip
        return pd.DataFrame({"contenders": named}, pd.Index(list(contenders), name="sector"))

    # Opportunity cost -----------------------------------------------------------------------------

    def asked(self) -> dict[str, str]:
        """What was asked of the three ways, for captions."""
        o = self.parameters.opportunity
        ways = {"make": o.make, "cooperate": o.cooperate, "buy": o.buy}
        number = self.language.number
        terms = {
            way: self.language.text(
                "words", "asked", share=number(what.share, 0), disadvantage=number(what.disadvantage, 0)
            )
            for way, what in ways.items()
        }
        return {
            **terms,
            "product": o.product,
            "slack": number(o.slack, 0),
            "elasticity": f"{o.elasticity:g}",
            "least": number(100 * LEAST, 0),
            "most": number(100 * MOST, 0),
        }

    def ways(self, fits: Sequence[pd.DataFrame]) -> list[str]:
        """What each way to get the product does, and what it costs; frames of every fitting table."""
        shown = fits[0]
        sentences = []
        for way in WAYS:
            if shown.loc[way].isna().any():
                sentences.append(self._say(f"no_{way}", bloc=self._bloc))
                continue
            figures = {
                column: self._of([fit.loc[way, column] for fit in fits], signed=column in SIGNED)
                for column in shown.columns
            }
            sentences.append(
                self._say(
                    f"way_{way}",
                    bloc=self._bloc,
                    focus=self._focus,
                    before=self._of([fit.loc["present", "outside_bloc"] for fit in fits]),
                    **figures,
                )
            )
        return sentences

    def best_ways(self, fits: Sequence[pd.DataFrame]) -> list[str]:
        """Which way gains most for the country and for the bloc, at the costs of the parameters."""
        sentences = []
        for key, column, who in (("net", "net", self._focus), ("bloc", "bloc_net", self._bloc)):
            winners = [best_way(fit[column]) for fit in fits]
            sentences.append(
                self._say(
                    f"best_{key}",
                    who=who,
                    way=self._word(f"doing_{winners[0]}"),
                    gain=self._of([fit.loc[winners[0], column] for fit in fits], signed=True),
                    agree=self._agree([winner == winners[0] for winner in winners]),
                )
            )
        return sentences

    def dichotomy(self, fits: Sequence[pd.DataFrame]) -> list[str]:
        """From which share of idle resources making pays: the two sides of import substitution."""
        made = [fit.loc["make"] for fit in fits]
        if made[0].isna().any():
            return []
        needed = [idle_needed(way) for way in made]
        key = "dichotomy_never" if needed[0] > 100 else "dichotomy" if needed[0] > 0 else "dichotomy_always"
        cost = self.parameters.opportunity.make.disadvantage
        return [
            self._say(
                key,
                focus=self._focus,
                asked=self.language.number(cost, 0),
                slack=self._of(needed) if key == "dichotomy" else "",
            )
        ]

    def product_table(self, gains: pd.DataFrame, break_evens: pd.DataFrame) -> pd.DataFrame:
        """Net gains and break-evens by product, with words where there is no break-even."""
        shown = gains.join(break_evens.map(self._break_even))
        for column in ("best", "bloc_best"):
            shown[column] = [self._word(f"way_{way}") for way in gains[column]]
        measures = [f"{what}_{way}" for way in WAYS for what in ("net", "bloc_net", "break_even")]
        return shown[[*measures, "best", "bloc_best"]]

    def products(self, fits: Sequence[pd.DataFrame]) -> list[str]:
        """In how many products each way is the best, for the country and for the bloc."""
        sentences = []
        for key, column, who in (("country", "best", self._focus), ("bloc", "bloc_best", self._bloc)):
            parts = [
                self.language.text("words", "way_count", way=self._word(f"doing_{way}"), number=str(number))
                for way, number in fits[0][column].value_counts().items()
            ]
            same = [fit[column].equals(fits[0][column]) for fit in fits]
            sentences.append(
                self._say(f"products_{key}", who=who, of=str(len(fits[0])), agree=self._agree(same),
                          counts=self.language.series(parts))
            )  # fmt: skip
        return sentences

    # Risk -----------------------------------------------------------------------------------------

    @property
    def shocked(self) -> str:
        """The supplier of the shock, for captions."""
        shock = self.parameters.shock
        country = self.language.country_in_a_sentence(shock.country)
        return country if shock.sector is None else f"{country} ({shock.sector})"

    @property
    def size(self) -> str:
        """The size of the shock, %, for captions."""
        return self.language.number(self.parameters.shock.size, 0)

    @property
    def bearer_names(self) -> dict[str, str]:
        """Who bears a loss, by key."""
        return {
            "country": self.language.country(self.parameters.focus),
            "partners": self.language.text("words", "partners", bloc=self.parameters.bloc.name),
            "others": self.language.heading("others"),
        }

    def bearers(self, incidence: pd.DataFrame) -> pd.DataFrame:
        """The frame with names in the place of keys."""
        return incidence.rename(index=self.bearer_names)

    def sanctioned(self) -> dict[str, str]:
        """The flows that stop, for captions; empty where none do."""
        asked = self.parameters.sanctions
        if asked is None:
            return {}
        return {
            "share": self.language.number(asked.share, 0),
            "products": self.language.series(asked.sectors) or self._word("all_products"),
            "sellers": self._few(asked.sellers),
            "buyers": self._few(asked.buyers),
        }

    def shock(self, fits: Sequence[pd.DataFrame]) -> list[str]:
        """What the shock puts at risk, by model; frames of losses in % of value added by country."""
        p = self.parameters
        shock, country = p.shock, p.focus
        others = without_rest(fits[0].drop(index=[shock.country]))
        sentences = [
            self._say(
                "shock",
                supplier=self._supplier(shock.country, shock.sector),
                size=self.size,
                focus=self._focus,
                **{model: self._fine([fit.loc[country, model] for fit in fits]) for model in MODELS},
            ),
        ]
        if others.empty:
            return sentences
        hit = others["supply_driven"].idxmax()
        same = [fit.loc[others.index, "supply_driven"].idxmax() == hit for fit in fits]
        loss = self._fine([fit.loc[hit, "supply_driven"] for fit in fits])
        return [
            *sentences,
            self._say("shock_hits", hit=self._country(hit), loss=loss, agree=self._agree(same)),
        ]

    def absorbed(self, fits: Sequence[pd.DataFrame]) -> list[str]:
        """How much of the shock the bloc bears itself."""
        inside = [fit.loc[["country", "partners"]].sum() for fit in fits]
        return [
            self._say(
                "absorbed",
                bloc=self._bloc,
                **{model: self._of([shares[model] for shares in inside]) for model in MODELS},
            )
        ]

    def suppliers(self, fits: Sequence[pd.DataFrame]) -> list[str]:
        """Which suppliers are critical, and whether the models agree."""
        shown = without_rest(fits[0])
        if shown.empty:
            return [self._say("no_suppliers", focus=self._focus)]
        tops = {model: list(shown[model].nlargest(NAMED).index) for model in MODELS}
        common = [place for place in tops["supply_driven"] if all(place in tops[model] for model in MODELS)]
        first = tops["supply_driven"][0]
        sentences = [
            self._say(
                "suppliers",
                focus=self._focus,
                size=self.size,
                named=self.language.series([self._place(place) for place in tops["supply_driven"]]),
                loss=self._fine([fit.loc[first, "supply_driven"] for fit in fits]),
                agree=self._agree([without_rest(fit)["supply_driven"].idxmax() == first for fit in fits]),
            )
        ]
        key = "models_agree" if common else "models_differ"
        named = self.language.series([self._place(place) for place in common])
        market = self._place(tops["extraction"][0])
        return [*sentences, self._say(key, named=named, market=market)]

    def sanctions(self, fits: Sequence[pd.DataFrame]) -> list[str]:
        """Who loses by the sanctions; losses in % of value added by country, every fitting table."""
        asked = self.parameters.sanctions
        if asked is None or not fits:
            return [self._say("no_sanctions")]
        buyer = fits[0].loc[asked.buyers, "buyers_side"].idxmax()
        seller = fits[0].loc[asked.sellers, "sellers_side"].idxmax()
        products = self._names(asked.sectors) if asked.sectors else self._word("all_products")
        return [
            self._say(
                "sanctions",
                share=self.language.number(asked.share, 0),
                products=products,
                sellers=self._few(asked.sellers),
                buyers=self._few(asked.buyers),
                buyer=self._country(buyer),
                loss=self._fine([fit.loc[buyer, "buyers_side"] for fit in fits]),
                seller=self._country(seller),
                cost=self._fine([fit.loc[seller, "sellers_side"] for fit in fits]),
            )
        ]

    # What follows ---------------------------------------------------------------------------------

    def headline(
        self,
        chains: Sequence[pd.DataFrame],
        products: Sequence[pd.DataFrame],
        contenders: Contenders,
        suppliers: Sequence[pd.DataFrame],
    ) -> list[str]:
        """The main results in a few sentences."""
        counts = counted(contenders)
        return [
            *self.chains_of_focus(chains),
            *self.products(products),
            self._say("headline_forms", mean=self.language.number(float(counts.mean()), 1)),
            self.suppliers(suppliers)[0],
        ]

    def follows(self, gains: Sequence[pd.DataFrame]) -> list[str]:
        """For whom cooperation pays in which sectors, as far as all fitting tables agree."""
        verdicts = [pays(fit) for fit in gains]
        settled = pd.concat(verdicts, axis=1).nunique(axis=1) == 1
        groups = {key: verdicts[0].index[settled & (verdicts[0] == key)] for key in PAYS}
        if (~settled).any():
            groups["open"] = verdicts[0].index[~settled]
        return [
            self._say(f"follows_{key}", focus=self._focus, bloc=self._bloc, sectors=self._names(sectors))
            for key, sectors in groups.items()
            if len(sectors)
        ]

    def follow_table(
        self,
        gains: pd.DataFrame,
        contenders: Contenders,
        dependence: pd.DataFrame,
        suppliers: pd.DataFrame,
    ) -> pd.DataFrame:
        """By sector: for whom cooperation pays, the forms that suit, and the risk that comes with it."""
        rows = {}
        for sector, verdict in pays(gains).items():
            known = sector in dependence.index and pd.notna(dependence.loc[sector, "share"])
            supplier = str(dependence.loc[sector, "largest"]) if known else ""
            forms = [self.language.heading(form) for form in contenders.get(sector, [])]
            rows[sector] = {
                "cooperation_pays": self.language.text(
                    "words",
                    f"pays_{verdict}",
                    focus=self.language.country(self.parameters.focus),
                    bloc=self.parameters.bloc.label,
                ),
                "forms_that_suit": ", ".join(forms) or None,
                "first_supplier": self.language.country(supplier) if known else None,
                "share": float(dependence.loc[sector, "share"]) if known else np.nan,
                "supplier_risk": suppliers["supply_driven"].get(supplier, pd.Series([np.nan])).sum()
                if known
                else np.nan,
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("sector")

    def evidence(
        self,
        fragmentation: pd.Series[float] | None,
        relations: Mapping[str, Relation],
        graphs: Sequence[nx.DiGraph],
        trade: Sequence[pd.DataFrame],
        ways: Sequence[pd.DataFrame],
        contenders: Contenders,
        shock: Sequence[pd.DataFrame],
    ) -> pd.DataFrame:
        """How the evidence stands for each argument of the paper.

        `fragmentation` is missing with one year; `trade`, `ways` and `shock` (losses by country in the
        table's unit) are of every fitting table.
        """
        rows: dict[str, tuple[str, str]] = {}

        def judge(key: str, flags: Sequence[bool], count: bool = True, **values: str) -> None:
            holding, tables = str(sum(map(bool, flags))), str(len(flags))
            several = count and len(flags) > 1
            agree = self.language.text("words", "holds_in", holding=holding, tables=tables) if several else ""
            stands = "supported" if all(flags) else "contradicted" if not any(flags) else "open"
            rows[key] = self._result(key, **values) + agree, self._word(stands)

        def leave(key: str, why: str) -> None:
            rows[key] = self._capital(self._word(why)), self._word("not_measured")

        if fragmentation is None:
            leave("fragmented", "needs_years")
        else:
            judge("fragmented", [fragmented(fragmentation)],
                  risen=self._number(fragmentation["risen"]),
                  globally=self._number(fragmentation["risen_globally"]))  # fmt: skip
        links = [clustering(graph, self._region_of) for graph in graphs]
        if not graphs[0].number_of_edges():
            leave("clustered", "needs_countries")
        else:
            judge("clustered", [inside > expected for inside, expected in links],
                  inside=self._of([inside for inside, _ in links]),
                  expected=self._of([expected for _, expected in links]))  # fmt: skip
        if self._home is None:
            leave("intermediates", "needs_region")
        else:
            shares = [fit.loc[self._home, "intermediates"] for fit in trade]
            flags = [supplies_intermediates(fit, self._home) for fit in trade]
            judge("intermediates", flags, share=self._of(shares),
                  bloc=self._region(self._home))  # fmt: skip
        outside = relations.get("others") or relations.get("all")
        if outside is None:
            leave("periphery", "needs_years" if len(self.parameters.years) < 2 else "needs_countries")
        else:
            verdict = {"negative": "supported", "positive": "contradicted"}.get(outside.sign, "open")
            numbers = [self.language.number(x, 3) for x in (outside.slope, *outside.interval)]
            rows["periphery"] = (
                self._result("periphery", slope=numbers[0], low=numbers[1], high=numbers[2]),
                self._word(verdict),
            )
        made = [fit.loc["make"] for fit in ways]
        if made[0].isna().any():
            leave("dichotomy", "nothing_imported")
        else:
            judge("dichotomy", [two_sided(fit) for fit in ways],
                  added=self._of([way["value_added"] for way in made]),
                  price=self._of([way["price"] for way in made]))  # fmt: skip
        shared = [fit.loc["cooperate"] for fit in ways]
        if shared[0].isna().any() or made[0].isna().any():
            leave("cooperation", "no_partners")
        else:
            more = pd.DataFrame([over_making(fit) for fit in ways])
            judge("cooperation", (more > 0).to_numpy().ravel().tolist(), count=False,
                  country=self._of(more["net"].tolist(), signed=True),
                  bloc=self._of(more["bloc_net"].tolist(), signed=True),
                  focus=self._focus, name=self._bloc)  # fmt: skip
        mean = float(counted(contenders).mean())
        judge("converge", [converge(contenders)], mean=self.language.number(mean, 1))
        lost = [(fit["supply_driven"], self.parameters.shock.country) for fit in shock]
        judge("travels", [travels(*of) for of in lost], share=self._of([borne_elsewhere(*of) for of in lost]))
        index = [self.language.text("arguments", key) for key in rows]
        return pd.DataFrame(list(rows.values()), pd.Index(index, name="argument"), ["result", "stands"])

    def stands(self, evidence: pd.DataFrame) -> list[str]:
        """How many arguments the evidence supports."""
        counts = evidence["stands"].value_counts()
        parts = [
            self.language.text("words", "count_of", what=str(what), number=str(number))
            for what, number in counts.items()
        ]
        return [self._say("stands", arguments=str(len(evidence)), counts=self.language.series(parts))]

    # Words ----------------------------------------------------------------------------------------

    @property
    def _focus(self) -> str:
        return self._country(self.parameters.focus)

    @property
    def _bloc(self) -> str:
        return as_text(self.parameters.bloc.name)

    @property
    def _synthetic(self) -> bool:
        residents = self.parameters.residents
        return residents is not None and residents.data.residents is None

    @property
    def _home(self) -> str | None:
        """Region that the country belongs to."""
        return self._region_of.get(self.parameters.focus)

    @property
    def _region_of(self) -> dict[str, str]:
        return {c: region for region, members in self.parameters.regions.items() for c in members}

    def _region(self, name: object) -> str:
        return self._word("the_others") if name == OTHERS else as_text(str(name))

    def _few(self, codes: Sequence[str]) -> str:
        """Name some countries; of many, say how many they are."""
        if len(codes) <= 6:
            return self._countries(codes)
        return self.language.text("words", "many_countries", number=str(len(codes)))

    def _names(self, labels: Sequence[str] | pd.Index) -> str:
        return self.language.series([f"*{as_text(str(label))}*" for label in labels])

    def _supplier(self, country: str, sector: str | None) -> str:
        return self._country(country) if sector is None else self._place((country, sector))

    def _form(self, form: object) -> str:
        return as_text(self.language.heading_in_a_sentence(str(form)))

    def _result(self, key: str, **values: str) -> str:
        return self._capital(self.language.text("results", key, **values))

    def _of(self, values: Sequence[float], signed: bool = False) -> str:
        """A number and its range over the fitting tables, whose first is the one shown."""
        sign = self._plus(float(values[0])) if signed else ""
        return sign + self._interval(values, self.parameters.decimals)

    def _fine(self, values: Sequence[float]) -> str:
        """The same with a decimal more, for small shares."""
        return self._interval(values, max(self.parameters.decimals, 2))

    def _interval(self, values: Sequence[float], decimals: int) -> str:
        known = [float(value) for value in values]
        return self.language.interval(known[0], min(known), max(known), decimals)

    def _agree(self, flags: Sequence[bool]) -> str:
        """In how many of the fitting tables a statement holds, where there are several."""
        if len(flags) < 2:
            return ""
        key = "in_all_tables" if all(flags) else "in_some_tables"
        return self.language.text("words", key, holding=str(sum(map(bool, flags))), tables=str(len(flags)))

    def _break_even(self, value: float) -> str:
        if math.isinf(value):
            end = MOST if value > 0 else LEAST
            return self.language.text("words", "above_end" if value > 0 else "below_end",
                                      end=self.language.number(100 * end, 0))  # fmt: skip
        return self.language.number(value, self.parameters.decimals)

    @staticmethod
    def _capital(text: str) -> str:
        return text[:1].upper() + text[1:]


def without_rest(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of countries, without the rest of the world."""
    return frame[~frame.index.get_level_values("country").isin(REST_OF_WORLD)]
