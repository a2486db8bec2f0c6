"""Signatures: the specification's published example, and what is refused."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import webhook_signatures as signatures

# The example of the Standard Webhooks libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105
BODY, MESSAGE, MOMENT = b'{"test": 2432232314}', "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
PUBLISHED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def check(**changes):
	given = {
		"key": signatures.key_of(SECRET),
		"message_id": MESSAGE,
		"timestamp": str(MOMENT),
		"signatures": PUBLISHED,
		"body": BODY,
		"now": MOMENT + 10,
		**changes,
	}
	return signatures.check_standard(**given)


def test_the_published_example():
	assert signatures.sign_standard(signatures.key_of(SECRET), MESSAGE, MOMENT, BODY) == PUBLISHED
	assert check() == ""


@pytest.mark.parametrize(
	("changes", "why"),
	[
		({"body": BODY + b" "}, signatures.WRONG),
		({"message_id": "msg_another"}, signatures.WRONG),
		({"timestamp": str(MOMENT + 1)}, signatures.WRONG),
		({"signatures": PUBLISHED[:-2] + "A="}, signatures.WRONG),
		({"signatures": PUBLISHED.replace("v1,", "v2,")}, signatures.WRONG),
		({"key": b"x" * 24}, signatures.WRONG),
		({"signatures": ""}, signatures.UNSIGNED),
		({"message_id": ""}, signatures.UNSIGNED),
		({"timestamp": "-1"}, signatures.UNSIGNED),
		({"timestamp": "\u0661"}, signatures.UNSIGNED),
		({"now": MOMENT + 301}, signatures.TOO_OLD),
		({"now": MOMENT - 301}, signatures.TOO_EARLY),
		({"now": MOMENT + 300}, ""),
		({"signatures": f"v1,AAAA {PUBLISHED}"}, ""),
	],
)
def test_what_is_wrong(changes, why):
	assert check(**changes) == why


def test_a_wrong_signature_learns_nothing_of_the_clock():
	assert check(signatures="v1,AAAA", now=MOMENT + 10_000) == signatures.WRONG


@pytest.mark.parametrize(
	"secret", ["", "short", "whsec_!!!", "whsec_" + base64.b64encode(b"x" * 23).decode()]
)
def test_a_secret_that_protects_nothing(secret):
	with pytest.raises(ValueError, match=r"too short|not base64"):
		signatures.key_of(secret)


def test_typeform():
	key, body = b"k" * 24, b'{"event_type": "form_response"}'
	good = signatures.sign_typeform(key, body)
	assert good.startswith("sha256=")
	assert signatures.check_typeform(key, good, body) == ""
	assert signatures.check_typeform(key, good, body + b" ") == signatures.WRONG
	assert signatures.check_typeform(key, "", body) == signatures.UNSIGNED


@given(st.binary(max_size=200), st.text(max_size=40), st.text(max_size=80), st.text(max_size=20))
def test_nothing_at_all_gets_in(body, message_id, given_signatures, timestamp):
	why = signatures.check_standard(b"k" * 24, message_id, timestamp, given_signatures, body, 0)
	assert why in {signatures.WRONG, signatures.UNSIGNED}
	assert signatures.check_typeform(b"k" * 24, given_signatures, body) in {
		signatures.WRONG,
		signatures.UNSIGNED,
	}
