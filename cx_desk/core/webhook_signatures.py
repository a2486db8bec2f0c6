"""Whether a posted message comes from the tool that shares a secret with us, and whether it is fresh.

Two forms: Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks, the specification: HMAC-SHA256
over `id.timestamp.body`, base64, with the version `v1`), and Typeform's own (HMAC-SHA256 over the body, base64, with the
prefix `sha256=`; it signs no time, so that only the identity of the answer keeps a repetition from counting twice).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256

# Seconds by which the sender's clock may differ; the specification's own libraries use the same.
TOLERANCE = 300
PREFIX = "whsec_"
# Shorter ones can be guessed; the specification asks for 24 to 64 bytes.
SHORTEST_SECRET = 24

UNSIGNED, TOO_OLD, TOO_EARLY, WRONG = "unsigned", "too old", "too early", "wrong signature"


def key_of(secret: str) -> bytes:
	"""The key of a secret as tools show it: base64 behind 'whsec_', anything else as it stands.

	ValueError where what follows 'whsec_' is not base64, or where the key is shorter than SHORTEST_SECRET bytes.
	"""
	secret = (secret or "").strip()
	if secret.startswith(PREFIX):
		try:
			key = base64.b64decode(secret[len(PREFIX) :], validate=True)
		except (binascii.Error, ValueError):
			raise ValueError("not base64") from None
	else:
		key = secret.encode()
	if len(key) < SHORTEST_SECRET:
		raise ValueError("too short")
	return key


def sign_standard(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
	"""The signature of a message in the form of Standard Webhooks."""
	signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
	return "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()


def check_standard(
	key: bytes, message_id: str, timestamp: str, signatures: str, body: bytes, now: float
) -> str:
	"""What is wrong with a message in the form of Standard Webhooks; empty where nothing is.

	now: seconds since 1970. signatures: one or more, divided by blanks, as while a secret is being changed.
	The signature is looked at before the time, so that only its owner learns what we think of the clock.
	"""
	plain = timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12
	if not (message_id and plain and signatures) or len(message_id) > 256:
		return UNSIGNED
	right = sign_standard(key, message_id, int(timestamp), body)
	# Every one is compared: how long it takes says nothing of which is right.
	fits = [_same(one, right) for one in signatures[:2000].split()]
	if not any(fits):
		return WRONG
	if int(timestamp) < now - TOLERANCE:
		return TOO_OLD
	return TOO_EARLY if int(timestamp) > now + TOLERANCE else ""


def sign_typeform(key: bytes, body: bytes) -> str:
	"""The signature of a message as Typeform makes it."""
	return "sha256=" + base64.b64encode(hmac.new(key, body, sha256).digest()).decode()


def check_typeform(key: bytes, signature: str, body: bytes) -> str:
	"""What is wrong with a message of Typeform; empty where nothing is."""
	if not signature:
		return UNSIGNED
	return "" if _same(signature.strip()[:200], sign_typeform(key, body)) else WRONG


def _same(given: str, right: str) -> bool:
	return hmac.compare_digest(given.encode("utf-8", "replace"), right.encode())
