"""Past one machine: notes in an Apache Spark dataframe are tagged where they lie.

>>> from analyzer.spark import tag, tags_of                     # doctest: +SKIP
>>> analyses = tag(spark.table("clinic.note"))                  # doctest: +SKIP
>>> tags_of(analyses).write.saveAsTable("clinic.strategy_tag")  # doctest: +SKIP
"""

from analyzer.spark.dataframes import note_nlp_of, problems_of, tag, tags_of

__all__ = ["note_nlp_of", "problems_of", "tag", "tags_of"]
