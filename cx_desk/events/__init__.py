"""One file per host doctype: a guard, then one use case."""
