"""Scenarios and forms, written out literally: slow, plain, and independent of the package.

Only `Z`, `Y`, `index` and `countries` of a table are read. What a scenario changes is changed cell by cell,
and the whole table is solved anew.
"""

import numpy as np


def system(table):
    """A, x and v = 1 - 1'A of a table."""
    size = len(table.index)
    x = [sum(table.Z[i, j] for j in range(size)) + sum(table.Y[i]) for i in range(size)]
    A = np.array([[table.Z[i, j] / x[j] if x[j] > 0 else 0.0 for j in range(size)] for i in range(size)])
    v = np.array([1.0 - sum(A[i, j] for i in range(size)) for j in range(size)])
    return A, np.array(x), v


def inverse(A):
    return np.linalg.inv(np.eye(len(A)) - A)


def exports(table):
    """Gross exports by row."""
    return [
        sum(table.Z[i, j] for j, (buyer, _) in enumerate(table.index) if buyer != seller)
        + sum(table.Y[i, k] for k, buyer in enumerate(table.countries) if buyer != seller)
        for i, (seller, _) in enumerate(table.index)
    ]


def divided(weights):
    """Positive weights as shares that add up to one; none where there are none."""
    whole = sum(max(w, 0.0) for w in weights.values())
    return {i: max(w, 0.0) / whole for i, w in weights.items() if w > 0} if whole > 0 else {}


# 1. Make, cooperate or buy -----------------------------------------------------------------------


class Scenario:
    """A table before and after one way to get a product; `possible` is False where nothing changes hands."""

    def __init__(self, table, product, members, way, share, disadvantage):
        self.table, self.product, self.way, self.share = table, product, way, share
        self.rows, self.country = list(table.index), product[0]
        self.j, self.home = self.rows.index(product), table.countries.index(product[0])
        self.own = [i for i, (c, _) in enumerate(self.rows) if c == self.country]
        self.bloc = {self.country, *members}
        self.A, self.x, self.v = system(table)
        self.A_new, self.Y_new = self.A.copy(), np.array(table.Y)
        self.more, self.possible, self.sources = 1.0 + disadvantage, False, {}
        {"make": self.make, "cooperate": self.cooperate, "buy": self.buy}[way]()

    def make(self):
        for i, (seller, sector) in enumerate(self.rows):
            if seller != self.country and self.table.Z[i, self.j] > 0:
                for k in self.own:
                    if self.rows[k][1] == sector and self.x[k] > 0:
                        self.move(i, {k: 1.0})

    def cooperate(self):
        sold = exports(self.table)
        for i, (seller, sector) in enumerate(self.rows):
            if seller not in self.bloc and self.table.Z[i, self.j] > 0:
                partners = [
                    k for k, (c, s) in enumerate(self.rows)
                    if c in self.bloc and c != self.country and s == sector
                ]  # fmt: skip
                now = divided({k: self.table.Z[k, self.j] for k in partners})
                self.move(i, now or divided({k: sold[k] for k in partners}))

    def move(self, i, into):
        """Input i of the product out, others in."""
        out = self.share * self.A[i, self.j]
        if into:
            self.possible = True
            self.A_new[i, self.j] -= out
            for k, part in into.items():
                self.A_new[k, self.j] += part * self.more * out

    def buy(self):
        table, j = self.table, self.j
        same = [i for i, (c, s) in enumerate(self.rows) if c != self.country and s == self.product[1]]
        sold = exports(table)
        now = divided({i: sum(table.Z[i, k] for k in self.own) + table.Y[i, self.home] for i in same})
        self.sources = now or divided({i: sold[i] for i in same})
        at_home = [table.Z[j, k] for k in self.own] + [table.Y[j, self.home]]
        if not self.sources or not any(at_home):
            self.sources = {}
            return
        self.possible = True
        for k in self.own:
            self.A_new[j, k] -= self.share * self.A[j, k]
        self.Y_new[j, self.home] -= self.share * table.Y[j, self.home]
        for i, part in self.sources.items():
            for k in self.own:
                self.A_new[i, k] += part * self.more * self.share * self.A[j, k]
            self.Y_new[i, self.home] += part * self.more * self.share * table.Y[j, self.home]

    @property
    def feasible(self):
        """Whether what is used up stays below what is made."""
        return max(abs(np.linalg.eigvals(self.A_new))) < 1.0

    def measured(self, elasticity, slack):
        size, j, v, Y = len(self.rows), self.j, self.v, self.table.Y
        B_new = inverse(self.A_new)
        p = [sum(v[i] * B_new[i, k] for i in range(size)) for k in range(size)]
        f = [sum(self.Y_new[k]) for k in range(size)]
        x_new = [sum(B_new[i, k] * f[k] for k in range(size)) for i in range(size)]

        def gained(members):
            return sum(v[i] * (x_new[i] - self.x[i]) for i in range(size) if self.rows[i][0] in members)

        def costs(members):
            at = [r for r, c in enumerate(self.table.countries) if c in members]
            return sum(p[i] * self.Y_new[i, r] - Y[i, r] for i in range(size) for r in at)

        lost, sold = {}, exports(self.table)
        for k in self.own:
            lost[k] = elasticity * (p[k] - 1.0) * max(sold[k], 0.0)
            if k == j and self.way == "buy" and self.possible:
                lost[k] += self.share * max(sold[k], 0.0)
            lost[k] = min(lost[k], max(sold[k], 0.0))
        B = inverse(self.A)

        def at_stake(members):
            return sum(
                v[i] * B[i, k] * lost[k] for i in range(size) if self.rows[i][0] in members for k in self.own
            )

        def net(members):
            return slack * (gained(members) - at_stake(members)) - costs(members)

        bought = {i: part * self.share * self.more for i, part in self.sources.items()}
        basket = {j: 1.0 - (self.share if self.sources else 0.0), **bought}
        paid = sum(p[k] * q for k, q in basket.items())

        def foreign(members):
            held = sum(
                v[i] * B_new[i, k] * q
                for k, q in basket.items() for i in range(size) if self.rows[i][0] in members
            )  # fmt: skip
            return 100 * (1 - held / paid)

        scale = 100.0 / self.x[j]
        return {
            "value_added": scale * gained({self.country}),
            "bloc_value_added": scale * gained(self.bloc),
            "price": 100 * (paid - 1),
            "users_cost": scale * costs({self.country}),
            "exports_at_stake": scale * sum(lost.values()),
            "value_added_at_stake": scale * at_stake({self.country}),
            "net": scale * net({self.country}),
            "bloc_net": scale * net(self.bloc),
            "foreign_content": foreign({self.country}),
            "outside_bloc": foreign(self.bloc),
        }

    def trade_balance(self, after):
        """Exports less imports of the country, at prices of the time, before exports react."""
        A, Y = (self.A_new, self.Y_new) if after else (self.A, self.table.Y)
        B = inverse(A)
        p, x = self.v @ B, B @ Y.sum(axis=1)
        balance = 0.0
        for i, (seller, _) in enumerate(self.rows):
            for k, (buyer, _) in enumerate(self.rows):
                balance += p[i] * A[i, k] * x[k] * ((seller == self.country) - (buyer == self.country))
            for r, buyer in enumerate(self.table.countries):
                balance += p[i] * Y[i, r] * ((seller == self.country) - (buyer == self.country))
        return balance


# 2. Shocks ---------------------------------------------------------------------------------------


def is_in(label, sellers):
    return label[0] in sellers or label in sellers


def demand_driven(table, suppliers, size):
    """Final demand for the suppliers' products falls: the open Leontief model solved again."""
    A, x, v = system(table)
    f = [sum(table.Y[i]) * (1 - size * is_in(label, suppliers)) for i, label in enumerate(table.index)]
    return v * (x - inverse(A) @ np.array(f))


def ghosh(table):
    """Output coefficients' inverse (I - x̂^-1 Z)^-1."""
    _, x, _ = system(table)
    n = len(x)
    return inverse(
        np.array([[table.Z[i, j] / x[i] if x[i] > 0 else 0.0 for j in range(n)] for i in range(n)])
    )


def supply_driven(table, suppliers, size):
    """Primary inputs of the suppliers shrink: x' = w'(I - x̂^-1 Z)^-1 solved again."""
    _, x, v = system(table)
    w = [
        (x[j] - sum(table.Z[i, j] for i in range(len(x)))) * (1 - size * is_in(label, suppliers))
        for j, label in enumerate(table.index)
    ]
    return v * (x - np.array(w) @ ghosh(table))


def extraction(table, sellers, buyers, share):
    """Sales that shrink, in the coefficients and in final demand, and the table solved again."""
    A, x, v = system(table)
    A, Y = A.copy(), np.array(table.Y)
    for i, label in enumerate(table.index):
        if is_in(label, sellers):
            for j, (buyer, _) in enumerate(table.index):
                if buyer in buyers:
                    A[i, j] *= 1 - share
            for k, buyer in enumerate(table.countries):
                if buyer in buyers:
                    Y[i, k] *= 1 - share
    return v * (x - inverse(A) @ Y.sum(axis=1))


def buyers_side(table, sellers, buyers, share):
    """What the buyers' industries lack is passed on by those who use their products."""
    _, _, v = system(table)
    lacking = [
        sum(share * table.Z[i, j] for i, label in enumerate(table.index) if is_in(label, sellers))
        if buyer in buyers
        else 0.0
        for j, (buyer, _) in enumerate(table.index)
    ]
    return v * (np.array(lacking) @ ghosh(table))


def supplier_shock(table, suppliers, size):
    return {
        "demand_driven": demand_driven(table, suppliers, size),
        "supply_driven": supply_driven(table, suppliers, size),
        "extraction": extraction(table, suppliers, table.countries, size),
    }


def critical_suppliers(table, country, size):
    """Loss of a country from each foreign supplier, one shock at a time, in % of its value added."""
    _, x, v = system(table)
    own = [i for i, (c, _) in enumerate(table.index) if c == country]
    whole = sum(v[i] * x[i] for i in own)
    return {
        label: {
            model: 100 * sum(lost[i] for i in own) / whole
            for model, lost in supplier_shock(table, [label], size).items()
        }
        for label in table.index
        if label[0] != country
    }


def bottleneck(table, supplier, size):
    """Direct buyers stop in proportion to the input that they lack: none replaces another (Leontief)."""
    _, x, v = system(table)
    i = list(table.index).index(supplier)
    return np.array([size * v[j] * x[j] if table.Z[i, j] > 0 else 0.0 for j in range(len(x))])


# 3. Forms ----------------------------------------------------------------------------------------


def criteria(table, technology, rest=("ROW", "RoW")):
    """The six criteria by row, as tuples; missing without output."""
    A, x, v = system(table)
    B, rows, size = inverse(A), list(table.index), len(x)
    sold, measured = exports(table), []
    for j, (home, _) in enumerate(rows):
        if x[j] <= 0:
            measured.append([np.nan] * 6)
            continue
        technical = 100 * sum(v[i] * B[i, j] for i in range(size) if rows[i][1] in technology)
        foreign = 100 * (1 - sum(v[i] * B[i, j] for i in range(size) if rows[i][0] == home))
        bought = {
            c: sum(table.Z[i, j] for i in range(size) if rows[i][0] == c)
            for c in table.countries
            if c != home
        }
        concentrated = sum(part**2 for part in divided(bought).values()) or np.nan
        stages = sum(B[j, k] * x[k] for k in range(size)) / x[j]
        trade = {}
        for k, c in enumerate(table.countries):
            if c != home and c not in rest:
                sales = table.Y[j, k] + sum(table.Z[j, i] for i in range(size) if rows[i][0] == c)
                trade[c] = sales + bought[c]
        openness = sum(part * open_to_trade(table, c, x, v, sold) for c, part in divided(trade).items())
        measured.append(
            [technical, foreign, x[j], concentrated, stages, openness if divided(trade) else np.nan]
        )
    return measured


def open_to_trade(table, country, x, v, sold):
    """Exports and imports in % of twice value added."""
    rows, home = list(table.index), table.countries.index(country)
    out = sum(sold[i] for i, (c, _) in enumerate(rows) if c == country)
    into = sum(
        table.Y[i, home] + sum(table.Z[i, j] for j, (buyer, _) in enumerate(rows) if buyer == country)
        for i, (c, _) in enumerate(rows) if c != country
    )  # fmt: skip
    value_added = sum(v[i] * x[i] for i, (c, _) in enumerate(rows) if c == country)
    return 100 * (out + into) / (2 * value_added)


def level(value, values):
    """Share of values below, and half of those that tie, itself among them."""
    known = [other for other in values if other == other]
    if value != value:
        return np.nan
    return (sum(other < value for other in known) + sum(other == value for other in known) / 2) / len(known)


def suitability(levels, weights, profile):
    """100 (1 - Σ w |p - s|) over the criteria with a level; dicts by criterion."""
    known = [c for c, s in levels.items() if s == s and weights.get(c, 0) > 0]
    if not known:
        return np.nan
    whole = sum(weights[c] for c in known)
    return 100 * (1 - sum(weights[c] / whole * abs(profile[c] - levels[c]) for c in known))


def first_places(levels, draws, profiles):
    """% of draws, each a dict of weights, in which each form of `profiles` is first for one sector."""
    places = dict.fromkeys(profiles, 0.0)
    for draw in draws:
        scores = {form: suitability(levels, draw, profile) for form, profile in profiles.items()}
        best = [form for form, score in scores.items() if score >= max(scores.values()) - 1e-9]
        for form in best:
            places[form] += 100 / len(best) / len(draws)
    return places
