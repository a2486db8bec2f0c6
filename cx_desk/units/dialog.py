"""What the CX dialog on a ticket shows: sections that every area registers under `cx_dialog_sections`.

A section is a function (ctx) -> dict or None. `ctx` holds `ticket` (facts with `person`), `user` and
`may_write`; the dict holds key, title, and html, or the path of a template with its context.
"""

import frappe
from frappe import _
from frappe.utils import pretty_date

from cx_desk.core import mapping
from cx_desk.host import error_log
from cx_desk.host import tickets as host_tickets
from cx_desk.host.names import TICKET
from cx_desk.units.contacts import WAYS
from cx_desk.units.cover import card_from

HOOK = "cx_dialog_sections"


def open_ticket(name: str, user: str) -> frappe._dict | None:
	"""The context of the dialog, or None where there is no such ticket for this person."""
	ticket = host_tickets.with_person(name) if name else None
	if not ticket or not host_tickets.may_read(ticket, user):
		return None
	return frappe._dict(ticket=ticket, user=user, may_write=_may_write(ticket, user))


def _may_write(ticket: frappe._dict, user: str) -> bool:
	if not host_tickets.restricted(user):
		return True
	return bool(frappe.has_permission(TICKET, "write", user=user))


def collect(ctx: frappe._dict) -> list[frappe._dict]:
	"""Every registered section that has something to say, in order; one that fails does not hide the rest."""
	# With Jinja, which a worker loads with its first page.
	from cx_desk.host import templates

	sections = []
	for path in frappe.get_hooks(HOOK):
		try:
			section = frappe.get_attr(path)(ctx)
			if section and not section.get("html"):
				section["html"] = templates.render(section["template"], section.get("context") or {})
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			raise
		except Exception:
			error_log.log(
				f"CX Desk: dialog section {path}",
				reference_doctype=TICKET,
				reference_name=ctx.ticket.name,
			)
			section = {
				"key": path.rsplit(".", 1)[-1],
				"title": _("Not available"),
				"html": f'<p class="soft">{frappe.utils.escape_html(_("This part could not be shown. It is in the Error Log."))}</p>',
			}
		if section:
			sections.append(frappe._dict(section))
	return sections


def person_section(ctx: frappe._dict) -> dict:
	"""Who asks, how they like to be reached, and what they asked last."""
	ticket, person = ctx.ticket, ctx.ticket.person
	others = host_tickets.last_of_person(ticket, ctx.user)
	for other in others:
		other.age = pretty_date(other.creation)
	return {
		"key": "person",
		"title": _("Person"),
		"template": "cx_desk/templates/dialog/person.html",
		"context": {
			"ticket": ticket,
			"person": person,
			"name": person.full_name or ticket.raised_by or _("Nobody known"),
			"address": mapping.clean_address(person.email_id or ticket.raised_by),
			"phone": person.phone or person.mobile_no,
			"place": [part for part in (person.designation, person.department, person.company_name) if part],
			"ways": WAYS,
			"may_write": ctx.may_write and bool(mapping.clean_address(ticket.raised_by)),
			"others": others,
		},
	}


RULE_TEXTS = {
	mapping.BY_HAND: "Set by hand.",
	mapping.PERSON: "Found by the person's address.",
	mapping.DEPARTMENT: "Found by the person's department.",
	mapping.CUSTOMER: "Found by the customer.",
	mapping.DOMAIN: "Found by the mail domain.",
	mapping.TEAM: "Found by the team.",
	mapping.ONLY_UNIT: "The only unit there is.",
	mapping.UNASSIGNED: "No mapping knows this person yet.",
}


def unit_section(ctx: frappe._dict) -> dict:
	"""The part of the business, who answers for it, and a way to correct it."""
	ticket = ctx.ticket
	unit = card_from(ticket.cover_rows, ticket.cx_business_unit)
	return {
		"key": "unit",
		"title": _("Business unit"),
		"template": "cx_desk/templates/dialog/unit.html",
		"context": {
			"ticket": ticket,
			"unit": unit,
			"rule": _(RULE_TEXTS.get(ticket.cx_unit_rule, "")),
			"by_hand": ticket.cx_unit_rule == mapping.BY_HAND,
			"may_write": ctx.may_write,
		},
	}


def last_voice_section(ctx: frappe._dict) -> dict | None:
	"""The last thing this person told the desk, as far as the reader may see it."""
	who = []
	if ctx.ticket.contact:
		who.append(["contact", "=", ctx.ticket.contact])
	address = mapping.clean_address(ctx.ticket.raised_by)
	if address:
		who.append(["source_email", "=", address])
	if not who:
		return None
	rows = frappe.get_list(
		"CX Voice",
		or_filters=who,
		fields=["name", "kind", "statement", "state", "creation", "outcome", "confidential"],
		order_by="creation desc",
		limit=1,
	)
	if not rows:
		return None
	voice = rows[0]
	voice.age = pretty_date(voice.creation)
	return {
		"key": "voice",
		"title": _("Last thing they told us"),
		"template": "cx_desk/templates/dialog/voice.html",
		"context": {"voice": voice},
	}
