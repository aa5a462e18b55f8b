"""Write environment.yml from pyproject.toml: what running, reading and testing need, by lower bounds.

conda-forge may be behind the Python registry, and so has no pins: a bound that it does not meet yet would
leave nobody an environment.
"""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

PYTHON = "3.12"
CONDA_NAMES = {
    "country-converter": "country_converter",
    "lazy-loader": "lazy_loader",
    "matplotlib": "matplotlib-base",
    "typst": "typst-py",
}
# Tools of those who change the code.
FOR_DEVELOPERS = {"mypy", "pre-commit", "ruff", "scipy-stubs", "types-pyyaml", "types-tqdm", "uv"}
# Not on conda-forge under these names, or there much later than on the Python registry.
FROM_PIP = {"playwright", "pymrio", "pypandoc-binary"}


def requirements() -> list[Requirement]:
    """Return what pyproject.toml asks for, to run the project and to work on it."""
    return [
        Requirement(line)
        for line in PYPROJECT["project"]["dependencies"] + PYPROJECT["dependency-groups"]["dev"]
    ]


def locked() -> dict[str, str]:
    """Return the version of each package in requirements.lock."""
    return dict(re.findall(r"^([\w.-]+)==(\S+)", LOCK, re.MULTILINE))


def environment() -> str:
    """Return the text of environment.yml."""
    conda, pip = [f"python={PYTHON}"], []
    for requirement in sorted(requirements(), key=lambda requirement: canonicalize_name(requirement.name)):
        name = canonicalize_name(requirement.name)
        if name not in FOR_DEVELOPERS:
            target = pip if name in FROM_PIP else conda
            bounds = ",".join(sorted(map(str, requirement.specifier), reverse=True))
            target.append(f"{CONDA_NAMES.get(name, name)}{bounds}")
    return "\n".join(
        [
            "# Made from pyproject.toml by `make lock`: do not edit.",
            "name: gvc-helpers",
            "channels:",
            "  - conda-forge",
            "  - nodefaults",
            "dependencies:",
            *(f"  - {line}" for line in [*conda, "pip", "pip:"]),
            *(f"      - {line}" for line in [*pip, "-e ."]),
            "",
        ]
    )


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(environment(), encoding="utf-8")
