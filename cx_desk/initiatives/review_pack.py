"""What initiatives add to the service review pack: what runs for the unit, where it stands, and whose turn it is."""

import frappe
from frappe import _
from frappe.utils import format_date, getdate

from cx_desk.core import benefit as core_benefit
from cx_desk.core import initiative as machine
from cx_desk.initiatives import benefits, people, templates

MOST = 12


def section(pack) -> dict | None:
	"""Initiatives that run for the unit or ended in the period, drafts left out; None where there are none."""
	affected = frappe.get_all(
		"CX Initiative Unit",
		filters={"unit": ["in", pack.units], "parenttype": people.INITIATIVE},
		pluck="parent",
	)
	names = set(affected) | set(
		frappe.get_all(people.INITIATIVE, filters={"unit": ["in", pack.units]}, pluck="name")
	)
	rows = frappe.get_list(
		people.INITIATIVE,
		filters={"name": ["in", list(names) or [""]], "stage": ["!=", machine.DRAFT]},
		fields=["name", "stage", "stage_since", "modified"],
		order_by="creation desc",
		limit=0,
	)
	shown = [row for row in rows if row.stage not in machine.OVER or _ended_within(row, pack)]
	if not shown:
		return None
	table = [[_("Initiative"), _("Where it stands"), _("Whose turn"), _("Benefits")]]
	for row in shown[:MOST]:
		doc = frappe.get_doc(people.INITIATIVE, row.name)
		table.append([doc.title, _stands(doc), _turn(doc), _benefits(doc.name)])
	running = sum(row.stage not in machine.OVER for row in shown)
	lines = [_("{0} running, {1} ended in this period.").format(running, len(shown) - running)]
	if len(shown) > MOST:
		lines.append(_("The newest {0} stand here.").format(MOST))
	return {"title": _("Initiatives"), "lines": lines, "rows": table}


def _ended_within(row, pack) -> bool:
	return pack.start <= getdate(row.stage_since or row.modified) <= pack.end


def _stands(doc) -> str:
	parts = [templates.label_of(doc, doc.stage)]
	if doc.golive_date and doc.stage not in (*machine.REACHES_USERS, *machine.OVER):
		parts.append(_("go-live {0}").format(format_date(doc.golive_date)))
	elif doc.stage == machine.EARLY_LIFE and doc.support_until:
		parts.append(_("early life support until {0}").format(format_date(doc.support_until)))
	return ", ".join(parts)


def _turn(doc) -> str:
	if doc.stage in machine.OVER:
		return "–"
	# Needs most of this area, and every worker loads this module.
	from cx_desk.initiatives import waiting

	turn = waiting.turn_of(doc)
	side = _("The business") if turn["side"] == machine.YOURS else _("IT")
	if not turn["days"]:
		return side
	return (
		_("{0}, for {1} days").format(side, turn["days"])
		if turn["days"] > 1
		else _("{0}, since yesterday").format(side)
	)


def _benefits(initiative: str) -> str:
	"""How many benefits have an owner in the business, and what came of them."""
	rows = [row for row in benefits.of(initiative) if row.state != core_benefit.CANCELLED]
	if not rows:
		return "–"
	owned = sum(row.state != core_benefit.IDENTIFIED for row in rows)
	text = _("{0} of {1} with an owner").format(owned, len(rows))
	ended = [f"{row.title}: {_(row.state)}" for row in rows if row.state in core_benefit.FINISHED]
	return "; ".join([text, *ended])
