"""Stories: before, what we did, after, as a page and on paper, each part beside the records that show it.

The author writes the words; what a record says is read from the record when the page is opened, so that no story claims
more than its evidence. Who may not open a record reads the author's sentence on it and no more.
"""

import frappe
from frappe import _
from frappe.utils import cstr, format_date, getdate, nowdate

from cx_desk.core import story as machine
from cx_desk.core.render.text import short
from cx_desk.host.names import TICKET
from cx_desk.units import next_steps, voices
from cx_desk.units.scope import answers_for_unit, sees_everything

STORY = "CX Story"
WORDS = {machine.BEFORE: "before", machine.DID: "did", machine.AFTER: "after"}

KEPT_FIELDS = ("state", "shared_on", "reason")
FIXED_WHEN_SHARED = ("title", "unit", *WORDS.values())


def keep(doc) -> None:
	"""Hold a story to its rules: its state moves by a step alone, what is shared stays, evidence can be opened."""
	before = doc.get_doc_before_save()
	if not doc.flags.cx_move:
		wanted = doc.state
		for name in KEPT_FIELDS:
			doc.set(name, before.get(name) if before else None)
		if before and wanted and wanted != before.state:
			# A call of the API or a changed list row: the same judgement as the button.
			_apply(doc, wanted)
	doc.state = doc.state or machine.DRAFT
	doc.title = " ".join(cstr(doc.title).split())
	if frappe.db.get_value("CX Business Unit", doc.unit, "is_unassigned"):
		frappe.throw(
			_("“{0}” only catches tickets: choose the unit that the story is about.").format(doc.unit)
		)
	if before and before.state == doc.state != machine.DRAFT and _changed(doc, before):
		frappe.throw(_("This story stands as it was shared. Take it back, and choose “Write it anew”."))
	_check_evidence(doc, before)


def _changed(doc, before) -> bool:
	if any(cstr(doc.get(name)).strip() != cstr(before.get(name)).strip() for name in FIXED_WHEN_SHARED):
		return True
	return _rows(doc) != _rows(before)


def _rows(doc) -> list[tuple]:
	return [(row.part, row.record_type, str(row.record), cstr(row.shows).strip()) for row in doc.evidence]


def _check_evidence(doc, before) -> None:
	known = {(row.record_type, str(row.record)) for row in before.evidence} if before else set()
	seen = set()
	for row in doc.evidence:
		key = (row.record_type, str(row.record))
		if (row.part, *key) in seen:
			frappe.throw(_("Row {0} of the evidence is there twice. Take one out.").format(row.idx))
		seen.add((row.part, *key))
		if not cstr(row.shows).strip():
			frappe.throw(_("Say in row {0} of the evidence what the record shows.").format(row.idx))
		if key in known:
			continue
		if not _may_open(*key):
			frappe.throw(
				_("Row {0} of the evidence: there is no such record, or you may not open it.").format(row.idx)
			)
		if row.record_type == voices.VOICE and frappe.db.get_value(voices.VOICE, row.record, "confidential"):
			frappe.throw(
				_("Row {0} of the evidence is a confidential voice: it is told to nobody else.").format(
					row.idx
				),
				title=_("Confidential"),
			)


def _may_open(doctype: str, name: str) -> bool:
	return bool(name and frappe.db.exists(doctype, name) and frappe.has_permission(doctype, "read", name))


def facts_of(doc, user: str | None = None) -> machine.Facts:
	"""The facts by which the next steps of a story are judged."""
	user = user or frappe.session.user
	return machine.Facts(
		answers=sees_everything(user) or answers_for_unit(user, doc.unit),
		written=[part for part, name in WORDS.items() if cstr(doc.get(name)).strip()],
		shown={row.part for row in doc.evidence},
		closed=[row.idx for row in doc.evidence if not _may_open(row.record_type, str(row.record))],
	)


def move(name: str, to: str, **given) -> frappe._dict:
	"""Take one step; Frappe's ValidationError with the reason when it is blocked. Permission is the caller's matter."""
	doc = frappe.get_doc(STORY, name, for_update=True)
	_apply(doc, to, **given)
	doc.save()
	return frappe._dict(name=doc.name, state=doc.state)


def _apply(doc, to: str, **given) -> None:
	present = {name for name, value in given.items() if cstr(value).strip()}
	try:
		step = machine.check(doc.state or machine.DRAFT, to, facts_of(doc), present)
	except machine.Blocked as blocked:
		next_steps.refuse(blocked)
	doc.flags.cx_move = step.key
	doc.state = step.to
	if step.key == "share":
		doc.shared_on = nowdate()
	elif step.key == "withdraw":
		doc.reason = cstr(given["reason"]).strip()
	else:
		doc.shared_on = doc.reason = None


def show(doc) -> None:
	"""What the form shows: the next steps, and the story as it will be read."""
	if doc.is_new() or doc.state not in machine.STATES:
		return
	doc.set_onload("moves", next_steps.shown(machine.moves(doc.state, facts_of(doc))))
	doc.set_onload("page", frappe.render_template("templates/includes/cx_story.html", {"story": read(doc)}))


def cx_story(doc) -> frappe._dict:
	"""A story with what its records say, for the print format."""
	return read(doc)


def read(doc) -> frappe._dict:
	"""A story as it is read: its parts, each with its evidence and what that record says to this reader."""
	settings = frappe.get_cached_doc("CX Settings")
	return frappe._dict(
		name=doc.name,
		title=doc.title,
		unit=doc.unit,
		state=doc.state,
		day=format_date(doc.shared_on) if doc.shared_on else "",
		sample_data=settings.sample_data or "",
		brand=settings.brand_name or _("Service Desk"),
		parts=[
			frappe._dict(
				key=name,
				title=_(part),
				words=cstr(doc.get(name)).strip(),
				evidence=[_evidence(row) for row in doc.evidence if row.part == part],
			)
			for part, name in WORDS.items()
		],
	)


def _evidence(row) -> frappe._dict:
	opens = _may_open(row.record_type, str(row.record))
	path = f"/app/{frappe.scrub(row.record_type).replace('_', '-')}/{row.record}"
	return frappe._dict(
		kind=_(row.record_type.removeprefix("CX ").removeprefix("HD ")),
		name=row.record,
		shows=cstr(row.shows).strip(),
		link=(f"/helpdesk/tickets/{row.record}" if row.record_type == TICKET else path) if opens else "",
		says=SAYS[row.record_type](frappe.get_doc(row.record_type, row.record), row.part) if opens else "",
	)


# What a record says of itself, in one sentence; never a person's name, for a story is told to others.


def _visit_says(doc, part: str) -> str:
	text = _("{0} of {1}.").format(_(doc.type), format_date(doc.starts_on))
	# What came of a visit is no proof of how it was before it.
	if not doc.effect_verdict or part != machine.AFTER:
		return text
	# Only for a visit with a verdict: every worker loads this module.
	from cx_desk.immersion import effects

	found = effects.sentence(frappe.parse_json(doc.effect_result))
	return f"{text} {_('Verdict: {0}.').format(_(doc.effect_verdict))} {found}"


def _voice_says(doc, _part: str) -> str:
	if doc.confidential:
		return _("A confidential voice.")
	return _("{0}: “{1}” ({2})").format(_(doc.kind), doc.statement, _(doc.state))


def _question_says(doc, _part: str) -> str:
	if doc.state != "Answered":
		return _("{0} Not answered yet.").format(doc.question)
	return _("{0} Answered on {1}: {2}").format(doc.question, format_date(doc.answered_on), doc.answer)


def _initiative_says(doc, _part: str) -> str:
	if doc.live_at:
		return _("{0}: {1}, live since {2}.").format(doc.title, _(doc.stage), format_date(doc.live_at))
	return f"{doc.title}: {_(doc.stage)}."


def _benefit_says(doc, _part: str) -> str:
	last = max((row for row in doc.readings or []), key=lambda row: getdate(row.read_on), default=None)
	if doc.baseline is None or not last:
		return f"{doc.title}: {_(doc.state)}."
	return _("{0}: from {1} to {2}, wanted {3} ({4}). {5}.").format(
		doc.title,
		short(float(doc.baseline or 0), frappe.local.lang),
		short(float(last.value or 0), frappe.local.lang),
		short(float(doc.target or 0), frappe.local.lang),
		_(doc.measure),
		_(doc.state),
	)


def _conversation_says(doc, _part: str) -> str:
	return _("{0} of {1}.").format(_(doc.type) if doc.type else _("Conversation"), format_date(doc.starts_on))


def _ticket_says(doc, _part: str) -> str:
	resolved = doc.get("resolution_date")
	text = _("Ticket {0}, “{1}”, opened on {2}").format(doc.name, doc.subject, format_date(doc.opening_date))
	return f"{text}, {_('resolved on {0}').format(format_date(resolved))}." if resolved else f"{text}."


SAYS = {
	"CX Visit": _visit_says,
	"CX Voice": _voice_says,
	"CX Resolver Question": _question_says,
	"CX Initiative": _initiative_says,
	"CX Benefit": _benefit_says,
	"CX Conversation": _conversation_says,
	TICKET: _ticket_says,
}
