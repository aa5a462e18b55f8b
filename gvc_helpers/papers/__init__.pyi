from . import cooperation, eaeu, eaeu_compared, grodnoinvest, grodnoinvest_compared

__all__ = [
    "cooperation",
    "eaeu",
    "eaeu_compared",
    "grodnoinvest",
    "grodnoinvest_compared",
]
