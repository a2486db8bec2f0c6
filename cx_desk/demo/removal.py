"""Take the demo away: what it made, and what the app and the host made because of it."""

from datetime import datetime

import frappe
from frappe.utils import now_datetime

from cx_desk.core.ledger import address_key
from cx_desk.demo import (
	channels,
	dropping,
	experience,
	initiatives,
	memory,
	outside,
	plan,
	pulse,
	questions,
	relationships,
	surveys,
	triggers,
	visits,
)
from cx_desk.host import names
from cx_desk.surveys import rollups

BATCH = 500
LEDGER = "CX Survey Invitation"
# Computed from what is there, whenever it is asked for.
DERIVED = ("CX Unit Snapshot", "CX Unit Week")
# In this order, so that nothing is deleted that another still names.
ORDER = (
	"CX Liaison Assignment",
	"CX Unit Mapping",
	"Contact",
	names.TEAM,
	names.AGENT,
	"Email Account",
	"User",
)


def remove() -> dict[str, int]:
	"""Remove everything that the demo made; how many records by doctype. Runs again where it was cut off."""
	begun = now_datetime()
	addresses = _addresses()
	removed = {
		LEDGER: triggers.remove(),
		"CX Experience Target": experience.remove(),
		"CX Survey Link": channels.remove(),
		"CX Survey Source": outside.remove(),
		"CX Anonymous Response": pulse.remove(),
		"CX Survey Response": questions.remove(),
		"CX Visit": visits.remove(),
		"CX Initiative": initiatives.remove(),
	}
	removed |= {"CX Conversation": relationships.remove(), names.TICKET: remove_tickets()}
	surveys.switch_back()
	_settings_back()
	for doctype in ORDER:
		removed[doctype] = _remove_documents(doctype)
	removed["CX Business Unit"] = _remove_units()
	_drop_leftovers(addresses, begun)
	memory.forget()
	frappe.db.commit()  # allowed: the end of the command
	frappe.clear_cache()
	return {doctype: count for doctype, count in removed.items() if count}


def remove_tickets() -> int:
	"""Remove the replayed tickets and what came of them, and count the answers that stay anew; how many tickets."""
	tickets = memory.remembered(names.TICKET)
	for start in range(0, len(tickets), BATCH):
		_remove_tickets(tickets[start : start + BATCH])
		frappe.db.commit()  # allowed: a long removal in parts, each whole
	dropping.drop("Email Queue", memory.remembered("Email Queue"))
	for key in (names.TICKET, "Email Queue", "note:incident", "note:replaying"):
		memory.forget(key)
	rollups.rebuild()
	frappe.db.commit()  # allowed: the end of a long removal
	return len(tickets)


def _remove_tickets(tickets: list[str]) -> None:
	"""Tickets with everything that hangs on them, ours and the host's; without documents, since there are thousands."""
	dropping.drop_responses(
		frappe.get_all("CX Survey Response", filters={"event_name": ("in", tickets)}, pluck="name")
	)
	dropping.drop("CX Voice", frappe.get_all("CX Voice", filters={"ticket": ("in", tickets)}, pluck="name"))
	dropping.drop(LEDGER, frappe.get_all(LEDGER, filters={"event_name": ("in", tickets)}, pluck="name"))
	dropping.drop(names.TICKET, tickets)
	frappe.db.delete(names.TICKET_ACTIVITY, {"ticket": ("in", tickets)})
	frappe.db.delete(names.TICKET_COMMENT, {"reference_ticket": ("in", tickets)})
	frappe.db.delete(names.NOTIFICATION, {"reference_ticket": ("in", tickets)})


def _remove_documents(doctype: str) -> int:
	"""Through documents, so that the host tidies up behind them."""
	count = 0
	for name in reversed(memory.remembered(doctype)):
		if not frappe.db.exists(doctype, name):
			continue
		if doctype == "User":
			_before_user(name)
		frappe.delete_doc(
			doctype,
			name,
			force=True,
			ignore_permissions=True,  # allowed: the demo takes away what it made
			delete_permanently=True,
		)
		if doctype == names.TEAM:
			frappe.db.delete(
				"Deleted Document", {"deleted_doctype": "Assignment Rule", "deleted_name": _rule_of(name)}
			)
		dropping.drop_hanging(doctype, [name])
		count += 1
	return count


def _rule_of(team: str) -> str:
	"""The host makes an assignment rule for every team, by this name, and deletes it with the team."""
	return f"{team} - Support Rotation"


def _before_user(user: str) -> None:
	# The host makes a contact for every user, in a job of its own.
	for contact in frappe.get_all("Contact", filters={"user": user}, pluck="name"):
		frappe.delete_doc(
			"Contact",
			contact,
			force=True,
			ignore_permissions=True,  # allowed: the demo takes away what was made because of it
			delete_permanently=True,
		)
	frappe.db.delete("Notification Settings", {"name": user})
	frappe.db.delete("DefaultValue", {"parent": user})
	for doctype, field in (("Notification Log", "for_user"), ("ToDo", "allocated_to"), (names.VIEW, "user")):
		frappe.db.delete(doctype, {field: user})


def _remove_units() -> int:
	"""Leaves first; the tree's numbers stay right because each is deleted as a document."""
	ours = set(memory.remembered("CX Business Unit"))
	rows = frappe.get_all("CX Business Unit", fields=["name", "lft"], order_by="lft desc")
	linked = frappe.get_all(
		"DocField",
		filters={"fieldname": "unit", "options": "CX Business Unit", "parent": ("like", "CX %")},
		pluck="parent",
	)
	count = 0
	for row in rows:
		if row.name in ours:
			for doctype in linked:
				frappe.db.delete(doctype, {"unit": row.name})
			frappe.delete_doc(
				"CX Business Unit",
				row.name,
				force=True,
				ignore_permissions=True,  # allowed: the demo takes away what it made
				delete_permanently=True,
			)
			dropping.drop_hanging("CX Business Unit", [row.name])
			count += 1
	return count


def _settings_back() -> None:
	text = memory.noted("settings")
	settings = frappe.get_doc("CX Settings")
	ours = set(memory.remembered(names.TEAM))
	settings.set("team_leads", [row for row in settings.team_leads if row.team not in ours])
	settings.update(frappe.parse_json(text) if text else {"sample_data": None})
	settings.flags.ignore_mandatory = True
	settings.flags.ignore_links = True
	settings.save(ignore_permissions=True)  # allowed: the demo takes away what it made


def _addresses() -> list[str]:
	"""Every mail address of the demo's people."""
	callers = [plan.caller(number).email for number in memory.remembered("note:caller")]
	return [*callers, *memory.remembered("User")]


def _drop_leftovers(addresses: list[str], begun: datetime) -> None:
	"""What the app and the host keep of the demo's people: preferences, mails, and notes of the deletion itself."""
	for start in range(0, len(addresses), BATCH):
		part = addresses[start : start + BATCH]
		frappe.db.delete("CX Contact Preference", {"address_hash": ("in", [address_key(a) for a in part])})
		mails = frappe.get_all("Email Queue Recipient", filters={"recipient": ("in", part)}, pluck="parent")
		dropping.drop("Email Queue", sorted(set(mails)))
	frappe.db.delete("Comment", {"comment_type": "Deleted", "creation": (">=", begun)})
	for doctype in DERIVED:
		if frappe.db.exists("DocType", doctype):
			frappe.db.delete(doctype)
	rollups.take_snapshots()
