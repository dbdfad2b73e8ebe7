"""Fuzzing: arbitrary bytes and text go into every reader, the segmenter, the pipeline and every exporter."""
