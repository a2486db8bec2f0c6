"""The business's page: where it stands, whose turn it is, what is asked of me, answers, news and the lead's card.

Somebody of the business comes by their link or with a portal session and sees only what is theirs; people of the desk
who may read the initiative see the same page without buttons, for the stand-up. Nothing here trusts a permission of the
host: a person of the business has none.
"""

from dataclasses import dataclass, field

import frappe
from frappe import _

from cx_desk.core import initiative as machine
from cx_desk.initiatives import facts, people, standing, templates

UNNAMED = facts.UNNAMED


@dataclass
class Page:
	"""What the page shows: view is unknown, busy, signin, list, draft or stands; `told` is what just happened."""

	view: str
	who: frappe._dict | None = None
	initiative: frappe._dict | None = None
	told: str = ""
	problems: list[str] = field(default_factory=list)
	given: dict = field(default_factory=dict)
	rows: list = field(default_factory=list)


def open_page(token: str, name: str, user: str) -> Page:
	"""The page behind a link, or of an initiative for a signed-in person. Changes nothing."""
	if token:
		who = people.find(token)
		return show(who) if who else Page("unknown")
	if user == "Guest":
		return Page("signin")
	if not name:
		return Page(
			"list",
			rows=_rows_of(user),
			who=frappe._dict(name=frappe.utils.get_fullname(user), email=user, roles=set()),
		)
	who = people.of_session(name, user)
	if (
		not who
		and frappe.db.exists(people.INITIATIVE, name)
		and frappe.has_permission(people.INITIATIVE, "read", name, user=user)
	):
		who = frappe._dict(
			initiative=name, name=frappe.utils.get_fullname(user), email="", roles=set(), looks_on=True
		)
	return show(who) if who else Page("unknown")


def _rows_of(user: str) -> list[frappe._dict]:
	rows = []
	for name in people.initiatives_of(user):
		doc = frappe.get_doc(people.INITIATIVE, name)
		rows.append(
			frappe._dict(
				name=name,
				title=doc.title if doc.title != UNNAMED else _(UNNAMED),
				label=templates.label_of(doc, doc.stage),
				yours=standing.is_asked(doc, people.of_session(name, user)),
				over=doc.stage in machine.OVER,
			)
		)
	return rows


def show(who: frappe._dict, told: str = "") -> Page:
	"""The page for one person."""
	doc = frappe.get_doc(people.INITIATIVE, who.initiative)
	if doc.stage == machine.DRAFT:
		return Page("draft", who, _draft(doc), told)
	return Page("stands", who, standing.of(doc, who), told)


def _draft(doc) -> frappe._dict:
	row = next((row for row in doc.units if row.unit == doc.unit), None)
	return frappe._dict(
		name=doc.name,
		title="" if doc.title == UNNAMED else doc.title,
		outcome=doc.outcome or "",
		why_now=doc.why_now or "",
		wanted_by=str(doc.wanted_by or ""),
		sponsor_name=doc.sponsor_name or "",
		sponsor_email=doc.sponsor_email or "",
		sponsor_is_me=bool(doc.sponsor_email and doc.sponsor_email == doc.requester_email),
		people=row.people if row and row.people else "",
		change=row.change if row and row.change else "",
		unit=doc.unit,
	)
