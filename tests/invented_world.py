"""Five invented countries in two years, with labels as nobody should have them, and a parameter file."""

import numpy as np
import yaml

import gvc_helpers as gvc
from gvc_helpers.databases.csv_folder import write_folder

COUNTRIES = ["AUT", "BEL", "CZE", "ESP", "FIN", "ROW"]
SECTORS = ["Поля & <b>леса</b>", "Oil | *crude* $x$", "Works, fine", "Машины"]
GOODS = SECTORS[2:]


def world(year):
    """A balanced random table; the later one has more trade."""
    generator = np.random.default_rng(year)
    size = len(COUNTRIES) * len(SECTORS)
    home = np.kron(np.eye(len(COUNTRIES)), np.ones((len(SECTORS), len(SECTORS))))
    A = generator.gamma(1.0, 1.0, (size, size)) * (home + (0.05 if year < 2005 else 0.12))
    A *= generator.uniform(0.3, 0.6, size) / A.sum(axis=0)
    at_home = np.kron(np.eye(len(COUNTRIES)), np.ones((len(SECTORS), 1)))
    Y = generator.gamma(2.0, 10.0, (size, len(COUNTRIES))) * (at_home + 0.1)
    x = np.linalg.solve(np.eye(size) - A, Y.sum(axis=1))
    return gvc.IOTable(A * x, Y, COUNTRIES, SECTORS, year=year, unit="<i>krona</i>", source="invented")


def write(folder, **changes):
    """Write both tables and the parameter file, and return the file."""
    for year in (2000, 2010):
        write_folder(world(year), folder / "tables" / str(year))
    given = {
        "study": "production_cooperation",
        "source": {"database": "csv", "path": str(folder / "tables"), "name": "an invented world"},
        "years": [2010, 2000],
        "focus": "CZE",
        "bloc": {"name": "the Pact *of* three", "members": ["AUT", "CZE", "FIN"]},
        "regions": {"North <n>": ["FIN", "BEL"], "Middle": ["AUT", "CZE"], "EAEU": ["EAEU"]},
        "core": ["AUT"],
        "manufactures": GOODS,
        "machinery": GOODS[1:],
        "goals": {"machinery_in_exports": {"at_least": 90}, "largest_supplier": {"at_most": 99}},
        "residents": None,
        "opportunity": {"product": "Works, fine", "make": {"share": 40, "disadvantage": 5}},
        "shock": {"country": "BEL", "sector": SECTORS[1], "size": 50},
        "sanctions": {"sellers": ["BEL", "ESP"], "sectors": [], "buyers": ["CZE"], "share": 40},
        "samples": 100,
        "decimals": 1,
    }
    file = folder / "pact.yaml"
    file.write_text(yaml.safe_dump(given | changes, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file
