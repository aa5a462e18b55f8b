"""Production cooperation: foreign activity, forms, opportunity cost, shocks, networks, core and periphery."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
