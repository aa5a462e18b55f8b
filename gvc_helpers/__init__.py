"""Helpers of the notebooks on value chains and regional clusters, imported as ``gvc``.

What the door leads to stands in ``__init__.pyi``, and is loaded when it is asked for. What only one study
uses is behind the door of its wing, as in ``gvc.zones.core``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
