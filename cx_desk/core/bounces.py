"""Mails that came back: what a delivery report (RFC 3464) or a mail server's refusal says, and what it means for asking.

The first digits of an enhanced status code (RFC 3463) tell the subject: 4 is for now, 5 for good; x.1 the address,
x.2 the mailbox, x.7 a policy. A dead address is asked no more; a full mailbox or a refusal by policy is not dead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

ADDRESS_UNKNOWN = "Address unknown"
MAILBOX_CLOSED = "Mailbox closed"
MAILBOX_FULL = "Mailbox full"
REFUSED = "Refused by the mail server"
NOT_DELIVERED = "Not delivered"
WHYS = (ADDRESS_UNKNOWN, MAILBOX_CLOSED, MAILBOX_FULL, REFUSED, NOT_DELIVERED)
# Nobody reads mails to such an address any more.
DEAD = (ADDRESS_UNKNOWN, MAILBOX_CLOSED)

_STATUS = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
# In the host's error a reply code stands in a tuple, (550, b'...'), or begins a line.
_REPLY = re.compile(r"(?:^|[\s(:>])([45]\d\d)(?=[\s,\-])", re.MULTILINE)
_WORDS = re.compile(
	r"user unknown|unknown user|no such (user|mailbox|recipient)|does not exist|recipient not found|"
	r"mailbox (unavailable|not found)|invalid recipient|address rejected",
	re.IGNORECASE,
)
_FULL = re.compile(r"(mailbox|quota|inbox).{0,20}(full|exceed)|over ?quota", re.IGNORECASE)
_LONGEST = 300


@dataclass(frozen=True)
class Bounce:
	"""One failed delivery.

	why: one of WHYS. detail: what the server said, at most 300 characters. address: whom it could not reach, lower
	case, empty where it is not said. message_ids: Message-IDs of the mail that came back, without angle brackets.
	"""

	why: str
	detail: str
	address: str = ""
	message_ids: tuple[str, ...] = ()

	@property
	def dead(self) -> bool:
		"""Whether the address is to be asked no more."""
		return self.why in DEAD


def why_of(status: str, text: str = "") -> str:
	"""What an enhanced status code means, e.g. '5.1.1' -> ADDRESS_UNKNOWN; without one the words decide."""
	match = _STATUS.search(status or "") or _STATUS.search(text or "")
	if match:
		for_good, subject, detail = match.group(1) == "5", int(match.group(2)), int(match.group(3))
		if subject == 2 and detail == 2:
			return MAILBOX_FULL
		if not for_good:
			return NOT_DELIVERED
		if subject == 1 and detail in (0, 1, 2, 3, 6, 10):
			return ADDRESS_UNKNOWN
		if subject == 2 and detail == 1:
			return MAILBOX_CLOSED
		if subject == 7:
			return REFUSED
	if _FULL.search(text or ""):
		return MAILBOX_FULL
	if _WORDS.search(text or "") and not (match and match.group(1) == "4"):
		return ADDRESS_UNKNOWN
	reply = _REPLY.search(text or "")
	if match is None and reply and reply.group(1) in ("550", "551", "553"):
		# 550 without a second code is said of unknown mailboxes and of policies alike: not enough to call it dead.
		return REFUSED
	return NOT_DELIVERED


def read_error(error: str | None) -> Bounce:
	"""The failure in an error that the host kept of sending: the last line that says something."""
	lines = [line.strip() for line in (error or "").splitlines() if line.strip()]
	detail = next((line for line in reversed(lines) if _STATUS.search(line) or _REPLY.search(line)), "")
	detail = detail or (lines[-1] if lines else "")
	return Bounce(why_of("", detail), detail[-_LONGEST:])


def read_report(mail: Message) -> Bounce | None:
	"""The failure that a received mail reports; None where it is no delivery report, or one of a mere delay."""
	if mail.get_content_type() != "multipart/report":
		return None
	failed, ids = None, []
	for part in mail.walk():
		kind = part.get_content_type()
		if kind == "message/delivery-status":
			failed = failed or _failed_block(part)
		elif kind in ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"):
			ids += _ids(_headers_of(part).get("Message-ID"))
	if failed is None:
		return None
	for name in ("In-Reply-To", "References", "X-Failed-Message-ID"):
		ids += _ids(mail.get(name))
	status, said = failed.get("Status", ""), failed.get("Diagnostic-Code", "")
	said = " ".join(str(said).split())
	detail = f"{status} {said.partition(';')[2].strip() or said}".strip()
	address = str(failed.get("Original-Recipient") or failed.get("Final-Recipient") or "")
	address = address.partition(";")[2].strip().strip("<>").lower()
	return Bounce(why_of(str(status), said), detail[:_LONGEST], address, tuple(dict.fromkeys(ids)))


def _failed_block(part: Message) -> Message | None:
	"""The fields of the first recipient that the report calls failed."""
	blocks = part.get_payload()
	if not isinstance(blocks, list):
		blocks = [HeaderParser().parsestr(text) for text in re.split(r"\r?\n\r?\n", str(blocks))]
	for block in blocks:
		if str(block.get("Action", "")).strip().lower() == "failed":
			return block
	return None


def _headers_of(part: Message) -> Message:
	payload = part.get_payload()
	if isinstance(payload, list):
		return payload[0] if payload else Message()
	content = part.get_payload(decode=True) or b""
	return HeaderParser().parsestr(content.decode("utf-8", "replace"))


def _ids(value) -> list[str]:
	return re.findall(r"<([^<>\s]+)>", str(value or ""))
