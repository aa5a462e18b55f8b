"""EXIOBASE: written as it is delivered."""

import pandas as pd

from tests.databases.cases import EURO, Case, system


def write_exiobase(table, folder):
    """A folder as of EXIOBASE 3: tab-separated text with labels, and a list of the files."""
    written = system(table, "M.EUR")
    written.x = pd.DataFrame({"indout": table.output.to_numpy()}, written.Z.index)
    written.save(folder, table_format="txt")


def case(kind, rest):
    return Case(
        "exiobase",
        lambda table, folder: write_exiobase(table, folder / f"IOT_{table.year}_{kind}"),
        {"CN": "CHN", "RU": "RUS", rest: rest},
        f"exiobase-{kind}",
        unit=EURO,
        edition=kind,
    )


CASES = {"exiobase industries": case("ixi", "WF"), "exiobase products": case("pxp", "WA")}
