"""Write environment.yml: the direct dependencies of pyproject.toml at the versions of requirements.lock."""

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")

PYTHON = "3.12"
CONDA_NAMES = {"country-converter": "country_converter", "matplotlib": "matplotlib-base"}
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
    versions = locked()
    names = sorted(canonicalize_name(requirement.name) for requirement in requirements())
    conda, pip = [f"python={PYTHON}"], []
    for name in names:
        if name in FROM_PIP:
            pip.append(f"{name}=={versions[name]}")
        else:  # conda-forge can be a patch release behind, so its pins stop at the minor version
            minor = ".".join(versions[name].split(".")[:2])
            conda.append(f"{CONDA_NAMES.get(name, name)}={minor}")
    return "\n".join(
        [
            "# Made from pyproject.toml and requirements.lock by `make lock`: do not edit.",
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
