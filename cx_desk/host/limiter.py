"""How often a guest page may be asked for, counted in the cache and open when the cache is gone.

The host's own limiter fails with Redis down and counts a whole office behind one address as one person. Here a link is
counted by itself, an address generously, and without a cache nobody is turned away.
"""

import hashlib

import frappe

# By page and link: a person comes back a few times, not hundreds of times.
PER_LINK = 60
# By address: a big office answers on one morning.
PER_ADDRESS = 1200
# By address, links that lead nowhere: guessing.
PER_ADDRESS_UNKNOWN = 60
WINDOW_SECONDS = 3600


def allow(page: str, token: str, address: str | None = None) -> bool:
	"""Whether one more request to this page for this link is served."""
	return _allow(page, {f"link:{_short(token)}": PER_LINK}, address)


def allow_address(page: str, address: str | None = None) -> bool:
	"""As `allow`, by address alone: for pages about whose links nothing may be remembered."""
	return _allow(page, {}, address)


def _allow(page: str, limits: dict[str, int], address: str | None) -> bool:
	"""Count the request by address and by what else is limited, in one round trip to the cache."""
	address = address or _address()
	limits = {**limits, f"address:{address}": PER_ADDRESS}
	try:
		pipe = frappe.cache.pipeline(transaction=False)
		pipe.execute_command("GET", frappe.cache.make_key(f"cx_rate:{page}:unknown:{address}"))
		for what in limits:
			_count(pipe, f"cx_rate:{page}:{what}", 1, WINDOW_SECONDS)
		unknown, *counted = pipe.execute()
	except Exception:
		# Redis is down or refuses: an answer is worth more than a limit.
		return True
	# Each counter answers twice: made or there, and its value.
	within = all(value <= most for value, most in zip(counted[1::2], limits.values(), strict=True))
	return within and int(unknown or 0) <= PER_ADDRESS_UNKNOWN


def note_unknown(page: str, address: str | None = None) -> None:
	"""Count one request for a link that leads nowhere."""
	count(f"cx_rate:{page}:unknown:{address or _address()}")


def count(key: str, by: int = 1, seconds: int = WINDOW_SECONDS) -> int:
	"""Add to a counter that forgets itself; its new value, 0 where there is no cache."""
	try:
		if not by:
			return int(frappe.cache.get(frappe.cache.make_key(key)) or 0)
		pipe = frappe.cache.pipeline(transaction=False)
		_count(pipe, key, by, seconds)
		return int(pipe.execute()[-1])
	except Exception:
		# Redis is down or refuses: an answer is worth more than a limit.
		return 0


def _count(pipe, key: str, by: int, seconds: int) -> None:
	"""Make a counter that forgets itself where there is none, and add to it."""
	full = frappe.cache.make_key(key)
	pipe.execute_command("SET", full, 0, "EX", seconds, "NX")
	pipe.execute_command("INCRBY", full, by)


def remember(key: str, member: str, seconds: int) -> int:
	"""Add to a set that forgets itself; how many different members it has, 0 where there is no cache."""
	try:
		full = frappe.cache.make_key(key)
		pipe = frappe.cache.pipeline()
		pipe.execute_command("SADD", full, member)
		pipe.execute_command("EXPIRE", full, seconds)
		pipe.execute_command("SCARD", full)
		return int(pipe.execute()[-1])
	except Exception:
		return 0


def sizes(*keys: str) -> list[int]:
	"""How many different members `remember` has seen of each, 0 where there is no cache. One round trip."""
	try:
		pipe = frappe.cache.pipeline(transaction=False)
		for key in keys:
			pipe.execute_command("SCARD", frappe.cache.make_key(key))
		return [int(found) for found in pipe.execute()]
	except Exception:
		return [0] * len(keys)


def _address() -> str:
	return getattr(frappe.local, "request_ip", None) or "unknown"


def _short(token: str) -> str:
	# The cache holds no token in clear.
	return hashlib.sha256(token.encode()).hexdigest()[:16]
