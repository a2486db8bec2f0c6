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
	address = address or _address()
	if count(f"cx_rate:{page}:unknown:{address}", 0) > PER_ADDRESS_UNKNOWN:
		return False
	by_link = count(f"cx_rate:{page}:link:{_short(token)}")
	by_address = count(f"cx_rate:{page}:address:{address}")
	return by_link <= PER_LINK and by_address <= PER_ADDRESS


def allow_address(page: str, address: str | None = None) -> bool:
	"""As `allow`, by address alone: for pages about whose links nothing may be remembered."""
	address = address or _address()
	if count(f"cx_rate:{page}:unknown:{address}", 0) > PER_ADDRESS_UNKNOWN:
		return False
	return count(f"cx_rate:{page}:address:{address}") <= PER_ADDRESS


def note_unknown(page: str, address: str | None = None) -> None:
	"""Count one request for a link that leads nowhere."""
	count(f"cx_rate:{page}:unknown:{address or _address()}")


def count(key: str, by: int = 1, seconds: int = WINDOW_SECONDS) -> int:
	"""Add to a counter that forgets itself; its new value, 0 where there is no cache."""
	try:
		full = frappe.cache.make_key(key)
		value = frappe.cache.incrby(full, by) if by else int(frappe.cache.get(full) or 0)
		if by and value == by:
			frappe.cache.expire(full, seconds)
		return value
	except Exception:
		# Redis is down or refuses: an answer is worth more than a limit.
		return 0


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


def size(key: str) -> int:
	"""How many different members `remember` has seen, 0 where there is no cache."""
	try:
		return int(frappe.cache.execute_command("SCARD", frappe.cache.make_key(key)))
	except Exception:
		return 0


def _address() -> str:
	return getattr(frappe.local, "request_ip", None) or "unknown"


def _short(token: str) -> str:
	# The cache holds no token in clear.
	return hashlib.sha256(token.encode()).hexdigest()[:16]
