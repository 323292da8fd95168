"""On Spark, in local mode, the same values as everywhere else. Needs Java, which script/services sees to."""
