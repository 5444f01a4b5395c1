"""Loads caisson_reseed in every interpreter whose PYTHONPATH names this folder, then the sitecustomize that this one hides."""

import sys

import caisson_reseed  # noqa: F401


def _load_hidden():
    here = __file__.rpartition("/")[0]
    finder = sys.modules["_frozen_importlib_external"].PathFinder
    spec = finder.find_spec("sitecustomize", [folder for folder in sys.path if folder != here])
    if spec is None or spec.loader is None:
        return
    module = sys.modules["_frozen_importlib"].module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


_load_hidden()
