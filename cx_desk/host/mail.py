"""Mails to people of the business, put into the host's Email Queue in bulk.

The host's own builder makes ONE message per text, account and set of headers; the parts of that message are decoded,
the slots of each mail are filled in and the parts encoded again. That keeps the host's layout, footer and sender
rules and costs a fraction of a build per mail. Nothing here commits: the caller's ledger rows and these queue rows
enter the database together or not at all.
"""

import html
import re
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.header import Header
from email.message import Message
from email.parser import Parser
from email.utils import formatdate
from io import StringIO
from quopri import encodestring

import frappe
from frappe.utils import now_datetime

from cx_desk.host import statements

_SLOT = re.compile(r"cxv0([a-z]+)0vxc")
_LINE_END = "\r\n"
_DATE = "X-Cx-Date"
# Rows of about 10 kB each stay far below the smallest packet that MariaDB accepts.
_CHUNK = 200


@dataclass(frozen=True)
class Mail:
	"""One mail to one person.

	subject, html, text: texts in which `slot(name)` stands for what differs from mail to mail; mails that share them
	share one build. values: the text for each slot, escaped here where it enters HTML. unsubscribe_url: where given,
	the mail offers one-click unsubscribe (RFC 8058). account: name of the Email Account, else the host's choice.
	in_reply_to: Message-ID of the mail that this one answers.
	"""

	recipient: str
	subject: str
	html: str
	text: str
	reference_doctype: str
	reference_name: str
	values: Mapping[str, str] = field(default_factory=dict)
	unsubscribe_url: str = ""
	account: str | None = None
	in_reply_to: str = ""


@dataclass(frozen=True)
class Queued:
	"""The Email Queue row of a mail."""

	name: str
	message_id: str


def slot(name: str) -> str:
	"""What stands in a text for the value of that name: letters only, so that no HTML tool rewrites it.

	A link needs its host in front of the slot, else the host's builder takes it for a relative one.
	"""
	if not re.fullmatch(r"[a-z]+", name):
		raise ValueError(f"a slot's name is lower-case letters; got {name!r}")
	return f"cxv0{name}0vxc"


@contextmanager
def one_run():
	"""Within, a message that the host has built once serves all batches of a job: building is a seventh of its time."""
	frappe.local.cx_mail_patterns = {}
	try:
		yield
	finally:
		frappe.local.cx_mail_patterns = None


def queue_bulk(mails: Sequence[Mail], priority: int = 1) -> list[Queued | None]:
	"""Put the mails into the Email Queue; the answer has one entry per mail, in order.

	None stands for a mail whose recipient has asked the host for no mail at all, or whose address the host
	does not accept. frappe.OutgoingEmailError where there is no account to send from.
	"""
	refused = globally_unsubscribed({mail.recipient for mail in mails})
	kept = getattr(frappe.local, "cx_mail_patterns", None)
	patterns: dict[tuple, _Pattern] = {} if kept is None else kept
	queue_rows, recipient_rows, result = [], [], []
	now = now_datetime()
	for mail in mails:
		if mail.recipient.lower() in refused or not frappe.utils.validate_email_address(mail.recipient):
			result.append(None)
			continue
		key = (mail.subject, mail.html, mail.text, mail.account, mail.reference_doctype)
		key += (bool(mail.unsubscribe_url), bool(mail.in_reply_to))
		if key not in patterns:
			patterns[key] = _Pattern(mail)
		pattern = patterns[key]
		message_id, message = pattern.fill(mail)
		queued = Queued(frappe.generate_hash(length=10), message_id)
		row = {
			**pattern.fields,
			"name": queued.name,
			"message": message,
			"message_id": message_id,
			"reference_doctype": mail.reference_doctype,
			"reference_name": mail.reference_name,
			"priority": priority,
		}
		queue_rows.append(_own(row, now))
		recipient_rows.append(
			_own(
				{
					"name": frappe.generate_hash(length=10),
					"parent": queued.name,
					"parenttype": "Email Queue",
					"parentfield": "recipients",
					"idx": 1,
					"recipient": mail.recipient,
					"status": "Not Sent",
				},
				now,
			)
		)
		result.append(queued)
	_insert("Email Queue", queue_rows, "message")
	_insert("Email Queue Recipient", recipient_rows)
	return result


def withdraw(queue_name: str) -> bool:
	"""Take a mail back out of the queue where it was not sent yet; whether it was still there."""
	row = frappe.db.get_value("Email Queue", queue_name, "status", for_update=True)
	if row != "Not Sent":
		return False
	frappe.db.delete("Email Queue Recipient", {"parent": queue_name})
	frappe.db.delete("Email Queue", {"name": queue_name})
	return True


def delivery(queue_names: Sequence[str]) -> dict[str, frappe._dict]:
	"""Status, error and time of change of Email Queue rows, by name; rows the host has cleared are missing."""
	if not queue_names:
		return {}
	rows = frappe.get_all(
		"Email Queue",
		filters={"name": ["in", list(queue_names)]},
		fields=["name", "status", "error", "modified"],
	)
	return {row.name: row for row in rows}


def globally_unsubscribed(addresses) -> set[str]:
	"""Those of the addresses, in lower case, that asked the host for no mail at all."""
	addresses = [address for address in addresses if address]
	if not addresses:
		return set()
	rows = frappe.get_all(
		"Email Unsubscribe", filters={"email": ["in", addresses], "global_unsubscribe": 1}, pluck="email"
	)
	return {address.lower() for address in rows}


class _Pattern:
	"""A message of the host, cut open where each mail differs."""

	def __init__(self, mail: Mail):
		from frappe.email.doctype.email_queue.email_queue import QueueBuilder

		sender = None
		if mail.account:
			sender = frappe.get_cached_doc("Email Account", mail.account).default_sender
		builder = QueueBuilder(
			# The host checks the address and leaves opted-out people away; both are done above, per mail.
			recipients=["someone@example.com"],
			sender=sender,
			subject=mail.subject,
			message=mail.html,
			text_content=mail.text,
			reference_doctype=mail.reference_doctype,
			reference_name=mail.reference_name,
			message_id=f"cxmessageid@{frappe.local.site}",
			add_unsubscribe_link=0,
		)
		data = builder.as_dict(include_recipients=False)
		if not data:
			raise frappe.OutgoingEmailError(
				frappe._("The outgoing email account has no valid address to send from.")
			)
		message = Parser(policy=_policy()).parsestr(data["message"])
		self._set_header(message, "Message-Id", "cxmark0messageid0")
		self._set_header(message, "Subject", "cxmark0subject0")
		# The host's policy would try to read the mark as a date: it goes by another name until the text is cut.
		del message["Date"]
		self._set_header(message, _DATE, "cxmark0date0")
		if mail.unsubscribe_url:
			self._set_header(message, "List-Unsubscribe", "<cxmark0unsubscribe0>")
			self._set_header(message, "List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
		if mail.in_reply_to:
			self._set_header(message, "In-Reply-To", "<cxmark0inreplyto0>")
			self._set_header(message, "References", "<cxmark0inreplyto0>")
		self.parts: list[tuple[str, bool]] = []
		for part in message.walk():
			if part.get_content_maintype() == "text" and not part.get_filename():
				is_html = part.get_content_subtype() == "html"
				content = part.get_content()
				self.parts.append((_slim(content) if is_html else content, is_html))
				self._open(part, len(self.parts) - 1)
		text = _flat(message).replace(f"{_DATE}:", "Date:", 1)
		self.pieces = re.split(r"cxmark0([a-z]+[0-9]*)0", text)
		queue_columns = {column.fieldname for column in frappe.get_meta("Email Queue").fields}
		self.fields = {
			field_name: data[field_name]
			for field_name in (
				"sender",
				"add_unsubscribe_link",
				"unsubscribe_method",
				"show_as_cc",
				"email_account",
				"attachments",
				"communication",
				"send_after",
				"expose_recipients",
			)
			if field_name in data and field_name in queue_columns
		} | {"status": "Not Sent", "retry": 0}

	@staticmethod
	def _set_header(message: Message, name: str, value: str) -> None:
		del message[name]
		message[name] = value

	@staticmethod
	def _open(part: Message, number: int) -> None:
		del part["Content-Transfer-Encoding"]
		part["Content-Transfer-Encoding"] = "quoted-printable"
		# Set as it is: set_payload with a charset would encode the mark.
		part._payload = f"cxmark0part{number}0"

	def fill(self, mail: Mail) -> tuple[str, str]:
		"""Message-ID (without angle brackets) and text of the message for one mail."""
		from frappe.email.email_body import get_message_id

		message_id = get_message_id().strip("<>")
		marks = {
			"messageid": f"<{message_id}>",
			"subject": _header(_fill(mail.subject, mail.values)),
			"date": formatdate(),
			"unsubscribe": _one_line(mail.unsubscribe_url),
			"inreplyto": _one_line(mail.in_reply_to).strip("<>"),
		}
		for number, (content, is_html) in enumerate(self.parts):
			values = mail.values
			if is_html:
				values = {name: html.escape(value) for name, value in values.items()}
			marks[f"part{number}"] = _quoted_printable(_fill(content, values))
		pieces = list(self.pieces)
		pieces[1::2] = [marks[name] for name in pieces[1::2]]
		return message_id, "".join(pieces)


# Rules of the host's frame for its text editor, which none of our mails is written in.
_EDITOR_RULE = re.compile(r"[^{}]*\.ql-[^{}]*\{[^{}]*\}")
_FONTS = re.compile(r"font-family:\s*-apple-system, BlinkMacSystemFont[^;\"]*sans-serif")
_EMPTY_ROW = re.compile(r"<tr>\s*<td[^>]*>\s*</td>\s*</tr>\s*")


def _slim(page: str) -> str:
	"""A mail's page without what nobody sees: indentation, empty rows, rules for the host's editor.

	Most of the time of sending is the database taking the text: a quarter less of it is a quarter sooner.
	"""
	head, style, rest = page.partition("<style")
	rules, end, body = rest.partition("</style>")
	if end:
		page = head + style + _EDITOR_RULE.sub("", rules) + end + body
	# The host writes its list of fonts into every cell.
	page = _FONTS.sub("font-family:-apple-system,'Segoe UI',Roboto,Arial,sans-serif", page)
	lines = (line.strip() for line in _EMPTY_ROW.sub("", page).splitlines())
	return "\n".join(line for line in lines if line)


def _fill(text: str, values: Mapping[str, str]) -> str:
	# In one pass, so that a value which looks like a slot stays text.
	return _SLOT.sub(lambda match: str(values.get(match.group(1), "")), text)


def _one_line(text: str) -> str:
	if not text.isprintable():
		text = "".join(char if char.isprintable() else " " for char in text)
	return " ".join(text.split())


def _header(text: str) -> str:
	text = _one_line(text)
	charset = "us-ascii" if text.isascii() else "utf-8"
	return Header(text, charset, header_name="Subject").encode(linesep=_LINE_END)


def _quoted_printable(text: str) -> str:
	lines = "\n".join(text.splitlines()) + "\n"
	return encodestring(lines.encode()).decode("ascii").replace("\n", _LINE_END)


def _policy(**changes):
	"""Lines end as SMTP wants them, and what the host folded stays folded."""
	# With the generator it brings five modules, which only building mails needs and every worker would load.
	from email.policy import SMTP

	return SMTP.clone(refold_source="none", **changes)


def _flat(message: Message) -> str:
	from email.generator import Generator

	target = StringIO()
	Generator(target, mangle_from_=False, policy=_policy(max_line_length=0)).flatten(message)
	return target.getvalue()


def _own(row: dict, now) -> dict:
	# The host's sender tells the owner about a failure: Administrator, never a person of the business.
	return {
		"creation": now,
		"modified": now,
		"owner": "Administrator",
		"modified_by": "Administrator",
		**row,
	}


def _insert(doctype: str, rows: list[dict], long_text: str = "") -> None:
	# Empty columns are left to the table: they cost as much as full ones.
	columns = sorted({column for row in rows for column, value in row.items() if value is not None})
	for start in range(0, len(rows), _CHUNK):
		chunk = [tuple(row.get(column) for column in columns) for row in rows[start : start + _CHUNK]]
		statements.insert(doctype, columns, chunk, long_text=long_text)
