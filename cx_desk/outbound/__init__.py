"""The only code that speaks to other servers."""
