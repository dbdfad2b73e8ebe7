"""Corpus -> model: `train` fits the estimators, measures them on writers they have not seen, and writes it all down."""

from analyzer.train.run import TrainingReport, train

__all__ = ["TrainingReport", "train"]
