"""For the Python of a cluster's workers: a note that ends its process, and a count of how often a model is loaded.

Python imports a module of this name as it starts. `analyzer` knows nothing of it.
"""

import importlib.util
import os
import signal
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path


def _deadly(module):
    reading = module.read_with

    def read_with(nlp, batch):
        if any("poisonous" in one.text for one in batch):
            os.kill(os.getpid(), signal.SIGKILL)
        return reading(nlp, batch)

    module.read_with = read_with


def _counted(module):
    loading = module.load

    def load(*given, **named):
        with Path(os.environ["LOADED_BY"]).open("a") as file:
            file.write(f"{os.getpid()}\n")
        return loading(*given, **named)

    module.load = load


class _Changed(MetaPathFinder):
    def __init__(self, name, change):
        self.name, self.change = name, change

    def find_spec(self, name, path, target=None):
        if name != self.name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        run = spec.loader.exec_module

        def exec_module(module):
            run(module)
            self.change(module)

        spec.loader.exec_module = exec_module
        return spec


sys.meta_path[:0] = [_Changed("analyzer.tagging", _deadly), _Changed("analyzer.pipeline", _counted)]
