"""The files and folders that parameters name, and whether they are there, which needs no model of a study."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gvc_helpers.files.text import is_there

_TABLE = ("source.path", "corrections", "sector_groups")
_ZONE = ("residents", "region", "links")
PLACES: dict[str, tuple[str, ...]] = {
    "eaeu_vertical_specialization": _TABLE,
    "grodnoinvest_cluster_transformation": tuple(f"data.{file}" for file in _ZONE),
    "production_cooperation": (*_TABLE, *(f"residents.data.{file}" for file in _ZONE)),
}
"""Keys of each study, dotted, that name files and folders."""
GROUPS = ("fourteen", "broad")
"""Groups of sectors that have a name of their own, and are no file."""

Key = tuple[str, ...]


def places_in(study: str, given: Mapping[str, Any]) -> Iterator[tuple[Key, dict[str, Any]]]:
    """Find the files and folders that parameters name: the key of each, and what holds it."""
    for place in PLACES.get(study, ()):
        key = tuple(place.split("."))
        within: Any = given
        for parent in key[:-1]:
            within = within.get(parent) if isinstance(within, dict) else None
        named = within.get(key[-1]) if isinstance(within, dict) else None
        if isinstance(named, str) and named not in GROUPS:
            yield key, within


def at_hand(study: str, given: Mapping[str, Any]) -> bool:
    """Tell whether all that parameters name is there."""
    return all(is_there(within[key[-1]]) for key, within in places_in(study, given))
