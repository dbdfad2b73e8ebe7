"""Analyses -> the formats of qualitative analysis, annotation and clinical data tools, one module a format."""
