"""The preparation sheet of a visit: who is who, what they said last, what is open, what was seen last time."""

import frappe
from frappe.utils import cstr, format_date, pretty_date

from cx_desk.core import visit as machine
from cx_desk.core import voice as voice_machine
from cx_desk.immersion import visits
from cx_desk.units import cover, voices

MOST = 8


def sheet(doc) -> dict:
	"""Plain data for the form: only what the reader may see of voices, tickets and visits."""
	from cx_desk.host.unit_tickets import open_of_unit

	return {
		"card": _card(doc.unit),
		"people": _people(doc.unit),
		"voices": _voices(doc.unit, open_ones=True),
		"settled": _voices(doc.unit, open_ones=False),
		"tickets": [
			{
				"name": str(row.name),
				"subject": row.subject,
				"priority": row.priority,
				"age": pretty_date(row.creation),
			}
			for row in open_of_unit(doc.unit, MOST)
		],
		"visits": _visits(doc),
		"critical": _critical(doc.unit),
	}


def _card(unit: str) -> dict:
	card = cover.card_of(unit)
	if not card:
		return {}
	return {
		"liaison": card.liaison and card.liaison.full_name,
		"deputy": card.deputy and card.deputy.full_name,
		"specialists": [person.full_name for person in card.specialists if person],
	}


def _people(unit: str) -> list[dict]:
	return frappe.get_all(
		"CX Unit Person",
		{"parent": unit, "parenttype": "CX Business Unit"},
		["contact_name", "contact", "role", "note"],
		order_by="idx",
		limit=MOST,
	)


def _voices(unit: str, open_ones: bool) -> list[dict]:
	states = ("in", (*voice_machine.OUR_TURN, voice_machine.TOLD)) if open_ones else voice_machine.SETTLED
	rows = frappe.get_list(
		voices.VOICE,
		filters={"unit": unit, "state": states, "confidential": 0},
		fields=["name", "kind", "statement", "state", "source_name", "creation"],
		order_by="creation desc",
		limit=MOST if open_ones else 3,
	)
	for row in rows:
		row.age = pretty_date(row.creation)
	return rows


def _visits(doc) -> list[dict]:
	rows = frappe.get_list(
		visits.VISIT,
		filters={"unit": doc.unit, "state": ("in", machine.TOOK_PLACE), "name": ("!=", doc.name)},
		fields=["name", "type", "starts_on", "what_next"],
		order_by="starts_on desc",
		limit=3,
	)
	for row in rows:
		row.day = format_date(row.pop("starts_on"))
		row.what_next = cstr(row.what_next)[:300]
	return rows


def _critical(unit: str) -> str:
	return cstr(frappe.db.get_value("CX Business Unit", unit, "critical_hours"))
