"""The pairs of scripts of the corpus, in the order of their names."""

from pathlib import Path

CORPUS = Path(__file__).parents[1] / "corpus" / "pairs-pgschema"
PAIRS = tuple(sorted(folder for folder in CORPUS.iterdir() if folder.is_dir()))
