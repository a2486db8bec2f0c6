"""Makes what the tests about surveys need: the shipped survey switched on, people, tickets, links out of mails."""

import email
import email.policy
import re
import threading
from contextlib import contextmanager

import frappe
from frappe.utils import add_days, now_datetime

from cx_desk.surveys import decide, triggers
from cx_desk.surveys.shipped import TICKET_SURVEY, TICKET_TRIGGER, make_shipped_surveys

DOMAIN = "surveytest.example"
SUBJECT = "surveytest"
RULES = {
	"delay_hours": 0,
	# Round the clock: a test may run at night.
	"send_from": "00:00:00",
	"send_until": "00:00:00",
	"drop_after_days": 3,
	"cooldown_days": 30,
	"yearly_budget": 6,
	"expiry_days": 14,
	"edit_window_hours": 24,
	"shared_addresses": "noreply@*",
	"comment_months": 24,
	"ledger_months": 13,
}


def switch_on(**rules) -> None:
	"""Survey and trigger on since yesterday, with rules that let a question out at once."""
	make_shipped_surveys()
	frappe.db.set_value("CX Survey", TICKET_SURVEY, "enabled", 1)
	frappe.db.set_value(
		"CX Survey Trigger",
		TICKET_TRIGGER,
		{
			"enabled": 1,
			"enabled_since": add_days(now_datetime(), -1),
			"sample_percent": 100,
			"delay_hours": 0,
		},
	)
	# What a site of its own has on would be asked and found missing beside what a test makes.
	frappe.db.set_value("CX Survey Trigger", {"name": ["!=", TICKET_TRIGGER]}, "enabled", 0)
	settings(**{**RULES, **rules})
	frappe.db.set_single_value("HD Settings", "enable_email_ticket_feedback", 0)
	frappe.db.set_single_value("HD Settings", "is_feedback_mandatory", 0)
	frappe.db.delete("CX Hold", {"parent": "CX Settings"})
	frappe.clear_document_cache("CX Settings", "CX Settings")
	frappe.clear_document_cache("CX Survey", TICKET_SURVEY)
	triggers.forget()
	mail_account()


def empty() -> None:
	"""Forget what the site holds of surveys, for a test that counts; a rollback brings it back."""
	for doctype in ("CX Survey Answer", "CX Survey Response", "CX Survey Invitation", "CX Score Rollup"):
		frappe.db.delete(doctype)
	for doctype in ("CX Unit Snapshot", "CX Contact Preference"):
		frappe.db.delete(doctype)
	for name in frappe.get_all("HD Ticket", filters={"raised_by": ["like", f"%@{DOMAIN}"]}, pluck="name"):
		frappe.db.delete("HD Ticket", {"name": name})


def settings(**values) -> None:
	"""Set fields of CX Settings without its checks."""
	for name, value in values.items():
		frappe.db.set_single_value("CX Settings", name, value)
	frappe.clear_document_cache("CX Settings", "CX Settings")


def mail_account(port: int = 8125) -> str:
	"""The site's outgoing account, on a port of this machine where nobody may listen."""
	name = "Surveytest Desk"
	if not frappe.db.exists("Email Account", name):
		doc = frappe.get_doc(
			{
				"doctype": "Email Account",
				"email_account_name": name,
				"email_id": f"desk@{DOMAIN}",
				"enable_outgoing": 1,
				"smtp_server": "127.0.0.1",
				"smtp_port": port,
				"no_smtp_authentication": 1,
			}
		)
		# The host would try to connect.
		doc.db_insert()
	frappe.db.set_value("Email Account", {"default_outgoing": 1}, "default_outgoing", 0)
	frappe.db.set_value("Email Account", name, {"default_outgoing": 1, "smtp_port": port})
	frappe.clear_document_cache("Email Account", name)
	return name


def person(name: str = "ann") -> str:
	"""A contact of the business; the mail address."""
	address = f"{name}@{DOMAIN}"
	if not frappe.db.exists("Contact Email", {"email_id": address}):
		frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": f"Surveytest {name.title()}",
				"email_ids": [{"email_id": address, "is_primary": 1}],
			}
		).insert(ignore_permissions=True)
	return address


def ticket(raised_by: str | None = None, subject: str = "printer", **values):
	"""An open ticket, as the database has it."""
	doc = frappe.get_doc(
		{
			"doctype": "HD Ticket",
			"subject": f"{SUBJECT} {subject}",
			"raised_by": raised_by or person(),
			"description": "It jams.",
			**values,
		}
	).insert(ignore_permissions=True)
	return frappe.get_doc("HD Ticket", doc.name)


def resolve(doc, status: str = "Resolved"):
	"""Move a ticket to a status and read it anew."""
	doc = frappe.get_doc("HD Ticket", doc.name)
	doc.status = status
	# In test mode the host keeps no record of changes unless it is told to.
	doc.save(ignore_permissions=True, ignore_version=False)
	return frappe.get_doc("HD Ticket", doc.name)


def rows(doc=None, **filters) -> list:
	"""Ledger rows, of one ticket or by filters, in the order of their occurrence."""
	if doc is not None:
		filters |= {"event_doctype": "HD Ticket", "event_name": doc.name}
	return frappe.get_all(
		"CX Survey Invitation", filters=filters, fields=["*"], order_by="occurrence asc, creation asc"
	)


def row(doc):
	"""The one ledger row of a ticket."""
	found = rows(doc)
	assert len(found) == 1, found
	return found[0]


def clear_counters() -> None:
	"""Forget how links were opened. A rolled-back ticket's number is given again, and with it the ledger row's name."""
	for pattern in ("cx_rate:*", "cx_links:*", "cx_trap:*"):
		frappe.cache.delete_keys(pattern)


def run_decisions():
	"""What the deciding job does in one batch, without its commits."""
	clear_counters()
	decide.prepare()
	return decide.decide_batch()


def asked(name: str = "ann", **values):
	"""A resolved ticket whose person was asked; its ledger row and the token of its link."""
	doc = resolve(ticket(person(name), **values))
	run_decisions()
	found = row(doc)
	return found, token_of(found)


def mail_of(found):
	"""The queued mail of a ledger row, parsed."""
	text = frappe.db.get_value("Email Queue", found.email_queue, "message")
	return email.message_from_string(text, policy=email.policy.default)


def token_of(found) -> str:
	"""The token of the link in a ledger row's mail."""
	text = mail_of(found).get_body(("plain",)).get_content()
	return re.search(r"/cx/a/([A-Za-z0-9_-]+)", text).group(1)


def http(method: str, path: str, **options):
	"""One request through the whole of Frappe, in a thread with a connection of its own: commit before."""
	from werkzeug.test import Client

	from frappe.app import application

	result = []
	headers = {"X-Frappe-Site-Name": frappe.local.site, "User-Agent": PHONE, **options.pop("headers", {})}

	def call():
		result.append(
			Client(application, use_cookies=False).open(path, method=method, headers=headers, **options)
		)

	thread = threading.Thread(target=call)
	thread.start()
	thread.join()
	return result[0]


PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"


@contextmanager
def count_queries():
	"""The statements of this connection within, as a list."""
	statements, original = [], frappe.db.sql

	def counting(query, *args, **kwargs):
		statements.append(str(query))
		return original(query, *args, **kwargs)

	frappe.db.sql = counting
	try:
		yield statements
	finally:
		frappe.db.sql = original


def sweep() -> None:
	"""Remove what tests that commit have left, by name."""
	like = f"%@{DOMAIN}"
	names = frappe.get_all("CX Survey Invitation", filters={"recipient": ["like", like]}, pluck="name")
	queues = frappe.get_all("Email Queue Recipient", filters={"recipient": ["like", like]}, pluck="parent")
	frappe.db.delete("Email Queue", {"name": ["in", queues or [""]]})
	frappe.db.delete("Email Queue Recipient", {"parent": ["in", queues or [""]]})
	responses = frappe.get_all(
		"CX Survey Response", filters={"invitation": ["in", names or [""]]}, pluck="name"
	)
	frappe.db.delete("CX Survey Answer", {"parent": ["in", responses or [""]]})
	frappe.db.delete("CX Survey Response", {"name": ["in", responses or [""]]})
	frappe.db.delete("CX Voice", {"response": ["in", responses or [""]]})
	frappe.db.delete("CX Survey Invitation", {"name": ["in", names or [""]]})
	frappe.db.delete("CX Contact Preference", {"contact": ["like", "Surveytest%"]})
	# By person as well: a test may have given its ticket another subject.
	for field, like_it in (("subject", f"{SUBJECT}%"), ("raised_by", like)):
		for name in frappe.get_all("HD Ticket", filters={field: ["like", like_it]}, pluck="name"):
			frappe.delete_doc("HD Ticket", name, force=True, ignore_permissions=True)
	frappe.db.delete("CX Score Rollup", {"survey": TICKET_SURVEY})
	frappe.db.set_value("CX Survey Trigger", TICKET_TRIGGER, "enabled", 0)
	frappe.db.set_value("CX Survey", TICKET_SURVEY, "enabled", 0)
	triggers.forget()
	frappe.db.commit()
