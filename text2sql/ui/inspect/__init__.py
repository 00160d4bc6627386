"""The Inspect tab: the items of a run, each prediction beside its gold query."""
