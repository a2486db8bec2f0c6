"""What is said at a gate: the desk's advice, and the sponsor's yes to going live."""

import frappe
from frappe import _
from frappe.utils import cstr, now_datetime

from cx_desk.core import initiative as machine
from cx_desk.initiatives import facts, people, telling, templates

INITIATIVE = people.INITIATIVE
LONGEST_NOTE = 4000


def advise(initiative: str, stage: str, advice: str, text: str) -> None:
	"""The desk's advice at a gate. By its representative, the unit's liaison or a CX Manager, never by the lead."""
	doc = frappe.get_doc(INITIATIVE, initiative, for_update=True)
	actors = facts.actors_of(doc)
	if not actors & {machine.REPRESENTATIVE, machine.LIAISON, machine.MANAGER}:
		frappe.throw(
			_("The desk's representative, the liaison of the unit or a CX Manager gives the desk's advice.")
		)
	if frappe.session.user == doc.lead and machine.REPRESENTATIVE not in actors:
		frappe.throw(_("The lead does not give the desk's advice. Ask the desk's representative."))
	gate = next((one for one in templates.stages_of(doc) if one.key == stage and one.gate), None)
	if not gate:
		frappe.throw(_("There is no gate before {0} in this initiative.").format(stage))
	if advice not in machine.ADVICE:
		frappe.throw(_("Choose one of: {0}.").format(", ".join(machine.ADVICE)))
	if advice != machine.GO and not cstr(text).strip():
		frappe.throw(_("Say why: an advice with conditions or against it needs its reason."))
	if not doc.desk_seat_at:
		doc.representative = doc.representative or frappe.session.user
	old = facts.advice_at(doc, stage)
	row = old or doc.append("gates", {"stage_key": stage, "gate": gate.gate})
	row.update(
		{
			"advice": advice,
			"advice_text": cstr(text).strip()[:LONGEST_NOTE],
			"advised_by": facts.me(),
			"advised_at": now_datetime(),
		}
	)
	doc.flags.cx_move = "advice"
	# allowed: who advises was judged above; a representative may not be allowed to change the rest
	doc.save(ignore_permissions=True)


def say_yes(initiative: str, *, by: str | None = None, note: str | None = None) -> None:
	"""The sponsor's yes to going live: from their page, or noted by the lead with how it was given."""
	doc = frappe.get_doc(INITIATIVE, initiative, for_update=True)
	if doc.stage in (*machine.REACHES_USERS, *machine.SIDE, machine.DRAFT, machine.SUBMITTED):
		frappe.throw(
			_("There is nothing to agree to now: it is {0}.").format(templates.label_of(doc, doc.stage))
		)
	if not by:
		if not facts.actors_of(doc) & {machine.LEAD, machine.MANAGER}:
			frappe.throw(_("The lead or a CX Manager notes the sponsor's yes."))
		if not cstr(note).strip():
			frappe.throw(_("Note how and when the sponsor said yes."))
	doc.sponsor_yes_at = now_datetime()
	doc.sponsor_yes_note = (
		_("On their page, by {0}").format(by) if by else f"{cstr(note).strip()} ({facts.me()})"
	)[:140]
	doc.flags.cx_move = "yes"
	# allowed: judged above; the sponsor has no permission on the record
	doc.save(ignore_permissions=True)
	if by:
		telling.tell_lead(doc, _("{0} says yes to going live: {1}").format(by, doc.title))
