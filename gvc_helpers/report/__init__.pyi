from . import diagrams, plots

__all__ = [
    "diagrams",
    "plots",
]
