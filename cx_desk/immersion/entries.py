"""What the phone page sends: a sentence and who said it, a ticket for somebody at the counter, begin and end.

Every entry carries an id made in the browser; the same id is taken once, however often it is sent.
"""

import re
from datetime import datetime, timedelta, timezone

import frappe
from frappe import _
from frappe.utils import add_days, cstr, get_datetime, get_fullname, getdate, now_datetime, nowdate

from cx_desk.core import visit as machine
from cx_desk.core import voice as voice_machine
from cx_desk.host.service_calendar import site_zone
from cx_desk.host.unit_tickets import callers_of
from cx_desk.immersion import photos, visits
from cx_desk.units import voices


class TakenAtThisMoment(frappe.ValidationError):
	"""The same entry is being taken by another request: asked again in a moment, it is known."""

	http_status_code = 409


KINDS = (
	voice_machine.SAID,
	voice_machine.SEEN,
	voice_machine.WANT,
	voice_machine.PRAISE,
	voice_machine.PROMISE,
)
# So many of those who called lately are offered under "who".
CALLERS, CALLED_WITHIN_DAYS = 60, 91
TICKET, BEGIN, END = "Ticket", "Begin", "End"
_ENTRY = re.compile(r"^[0-9a-zA-Z-]{16,64}$")


def take(
	visit: str,
	entry: str,
	kind: str,
	statement: str | None = None,
	who: str | None = None,
	at: str | None = None,
	photo: bytes | None = None,
) -> dict:
	"""Take one entry of the phone page; sent again, it is known and changes nothing.

	ValidationError with what is wrong and what to do. Permission is the caller's matter.
	"""
	if not _ENTRY.match(cstr(entry)):
		frappe.throw(_("This entry has no valid id. Reload the page and send it again."))
	doc = frappe.get_doc(visits.VISIT, visit)
	try:
		return _take(doc, entry, kind, statement, who, at, photo)
	except (frappe.UniqueValidationError, frappe.DuplicateEntryError, frappe.LinkValidationError):
		# Two requests with one entry: this one cannot see what the other has just written, only a lock does.
		if frappe.db.get_value(
			voices.VOICE, {"origin": origin_of(visit, entry)}, for_update=True, order_by=None
		):
			frappe.clear_messages()
			frappe.throw(_("This entry is being taken at this moment."), TakenAtThisMoment)
		raise


def origin_of(visit: str, entry: str) -> str:
	"""What a voice of the phone page was made from: the same entry gives the same voice."""
	return f"visit:{visit}:{entry}"


def _take(doc, entry, kind, statement, who, at, photo) -> dict:
	if doc.state in (machine.CANCELLED, machine.CLOSED):
		frappe.throw(
			_("This visit is {0}. Choose another visit, or log what you heard on a ticket.").format(
				_(doc.state).lower()
			),
			title=_("Not taken"),
		)
	moment = moment_of(at)
	if kind == BEGIN:
		return _begin(doc, moment)
	if kind == END:
		return _end(doc, moment)
	if kind == TICKET:
		return _ticket(doc, entry, statement, who, moment, photo)
	if kind not in KINDS:
		frappe.throw(_("{0} is no kind of entry.").format(frappe.bold(frappe.utils.escape_html(cstr(kind)))))
	return {"voice": hear(doc, entry, kind, statement, who, moment, photo)}


def hear(doc, entry, kind, statement, who=None, moment=None, photo=None, ticket=None) -> str:
	"""Make a voice of an entry, with its place in the triage of the visit. Its name comes back."""
	source = voices.source_of(who)
	if kind == voice_machine.SEEN and not source:
		source = {"source_type": voice_machine.SEEN_SOURCE}
	if not source:
		frappe.throw(
			_("Say who said it: a name is enough. If nobody said it, choose “Seen”."),
			title=_("Nobody said it"),
		)
	known = source.get("source_type") != voice_machine.SEEN_SOURCE
	# A photo that is none is refused before anything is written.
	cleaned = photos.clean(photo) if photo else None
	me = frappe.session.user
	name = voices.hear(
		kind,
		cstr(statement),
		unit=doc.unit,
		ticket=ticket,
		responsible=me if voices.is_enabled(me) and me != "Administrator" else None,
		origin=origin_of(doc.name, entry),
		needs_source_yes=known and kind != voice_machine.PRAISE,
		**source,
	)
	if not frappe.db.exists(visits.POINT, {"voice": name}):
		point = frappe.new_doc(visits.POINT)
		point.update(
			{"visit": doc.name, "voice": name, "unit": doc.unit, "at": moment or now_datetime(), "by": me}
		)
		# allowed: written with the voice, by who may write the visit
		point.insert(ignore_permissions=True)
	if cleaned:
		photos.attach(name, entry, cleaned)
	return name


def _ticket(doc, entry, statement, who, moment, photo) -> dict:
	"""A ticket for somebody at the counter: raised in their name, and heard as a voice of the visit."""
	from cx_desk.host.raising import raise_ticket

	source = voices.source_of(who)
	address = source.get("source_email")
	if source.get("contact"):
		address = frappe.db.get_value("Contact", source["contact"], "email_id")
	if not address:
		frappe.throw(
			_("A ticket needs the person's mail address, so that they get the answer. Put it under “who”."),
			title=_("No address"),
		)
	voice = hear(doc, entry, voice_machine.SAID, statement, address, moment, photo)
	ticket = frappe.db.get_value(voices.VOICE, voice, "ticket", for_update=True)
	if not ticket:
		text = _("Raised by {0} on a visit ({1}).").format(get_fullname(frappe.session.user), doc.title)
		ticket = raise_ticket(cstr(statement).strip(), address, text)
		frappe.db.set_value(voices.VOICE, voice, "ticket", ticket)
	return {"voice": voice, "ticket": ticket}


def _begin(doc, moment: datetime) -> dict:
	doc = frappe.get_doc(visits.VISIT, doc.name, for_update=True)
	if not doc.started_at:
		if moment.date() != get_datetime(doc.starts_on).date():
			frappe.throw(
				_("This visit is planned for {0}. Change its time first if you are there today.").format(
					frappe.utils.format_date(doc.starts_on)
				)
			)
		doc.flags.cx_move = "begin"
		doc.started_at = moment
		doc.save()
	return {"started_at": str(doc.started_at)}


def _end(doc, moment: datetime) -> dict:
	doc = frappe.get_doc(visits.VISIT, doc.name, for_update=True)
	if doc.state == machine.PLANNED:
		if get_datetime(doc.starts_on) > moment and doc.started_at:
			# Begun earlier than planned: the real time is the time of the visit.
			doc.starts_on = doc.started_at
		doc.ended_at = max(moment, get_datetime(doc.started_at or doc.starts_on))
		visits.apply_move(doc, machine.HELD)
		doc.save()
	return {"state": doc.state, "ended_at": str(doc.ended_at)}


def moment_of(text: str | None) -> datetime:
	"""When an entry was made, by the phone's clock, in the site's zone; now where it is missing or cannot be true."""
	now = now_datetime()
	try:
		moment = datetime.fromisoformat(cstr(text).replace("Z", "+00:00"))
	except ValueError:
		return now
	if moment.tzinfo is None:
		moment = moment.replace(tzinfo=timezone.utc)
	moment = moment.astimezone(site_zone()).replace(tzinfo=None, microsecond=0)
	return moment if now - timedelta(days=30) < moment <= now else now.replace(microsecond=0)


def visits_of(user: str) -> list[frappe._dict]:
	"""The visits that a person can add to: a day of theirs two weeks ago to a week ahead, nearest to now first."""
	now = now_datetime()
	visit, person = frappe.qb.DocType(visits.VISIT), frappe.qb.DocType(visits.PERSON)
	rows = (
		frappe.qb.from_(visit)
		.join(person)
		.on(
			(person.parent == visit.name) & (person.parenttype == visits.VISIT) & (person.side == visits.DESK)
		)
		.select(
			*(
				visit[name]
				for name in ("name", "title", "unit", "type", "state", "starts_on", "ends_on", "place")
			),
			*(
				visit[name]
				for name in ("host_name", "host_email", "started_at", "ended_at", "questions", "aim")
			),
		)
		.where(person.user == user)
		.where(visit.state.isin([machine.PLANNED, machine.HELD, machine.SHARED]))
		.where(visit.starts_on > now - timedelta(days=14))
		.where(visit.starts_on < now + timedelta(days=7))
	).run(as_dict=True)
	for row in rows:
		row.people = _people_there(row)
	return sorted(rows, key=lambda row: abs(get_datetime(row.starts_on) - now))


def _people_there(row) -> list[dict[str, str]]:
	"""Whom to choose from under "who", with name and address where known, each once: the host, the others of the
	business, the people that matter to the unit, and who called from there lately."""
	found = [(row.host_name, row.host_email)]
	for person in frappe.get_all(
		visits.PERSON,
		{"parent": row.name, "parenttype": visits.VISIT, "side": visits.BUSINESS},
		["email", "person_name"],
		order_by="idx",
	):
		found.append((person.person_name, person.email))
	contacts = frappe.get_all(
		"CX Unit Person",
		{"parent": row.unit, "parenttype": "CX Business Unit"},
		pluck="contact",
		order_by="idx",
	)
	for contact in frappe.get_all("Contact", {"name": ("in", contacts or [""])}, ["full_name", "email_id"]):
		found.append((contact.full_name, contact.email_id))
	lately = getdate(add_days(nowdate(), -CALLED_WITHIN_DAYS))
	found += [(name, address) for address, name in callers_of(row.unit, lately, CALLERS).items()]
	known: dict[str, dict[str, str]] = {}
	for name, address in found:
		if name or address:
			known.setdefault(address or name, {"name": name or address, "address": address or ""})
	return list(known.values())
