"""Whitelisted functions: types, permission, rate limit, one use case."""
