"""app.py with the fast model as its reader and two clinicians' samples: what pages show and do takes no encoder."""

import runpy
from pathlib import Path

from analyzer.pipeline import load
from analyzer.views import model, source

ROOT = Path(__file__).resolve().parents[2]

if not hasattr(model, "QUICK"):
    model.QUICK = True
    model.load = lambda model="fast", **options: load(model, **options)
    reads = source.read_notes
    source.read_notes = lambda places: [n for n in reads(places) if getattr(n, "clinician", "C01") in ("C01", "C02")]
runpy.run_path(str(ROOT / "app.py"))
