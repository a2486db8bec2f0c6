"""Asking outright, without a trigger: about a record from the screen, or people named through the API.

Whoever asks outright is not drawn and waits no delay; every other limit holds, and every person has a row.
"""

import frappe
from frappe import _
from frappe.utils import escape_html, get_datetime, now_datetime, validate_email_address

from cx_desk.core import ledger
from cx_desk.core import survey_events as events
from cx_desk.host import names, tickets
from cx_desk.surveys import ledger as writer
from cx_desk.surveys import people, records, respondents, triggers
from cx_desk.units.tickets import unit_for

INVITATION = "CX Survey Invitation"
# One call asks so many people at most; whoever has more sends several.
MOST_AT_ONCE = 500
_LONGEST_ORIGIN = 100


def kind_that_fits(doctype: str, survey: str) -> str:
	"""What a survey asks about, where that is a record of this doctype; ValidationError otherwise."""
	kind = _kind_of(survey)
	if triggers.DOCTYPES.get(kind) != doctype or kind == events.TICKET:
		frappe.throw(
			_("{0} asks about: {1}. Choose a survey that asks about this record.").format(
				frappe.bold(escape_html(survey)), _(kind)
			),
			title=_("The survey does not fit"),
		)
	return kind


def people_for(doc, kind: str, who: str) -> list[frappe._dict]:
	"""The people on one way to who can speak about a record: address, contact, and unit where it is another one."""
	address, contact = records.direct_person(doc, kind, who)
	if address:
		return [frappe._dict(address=address, contact=contact, unit=None)]
	row = frappe._dict(_event_of(doc, 0), name="asked", trigger=who)
	path = frappe._dict(kind=kind, respondent=who, roles=[])
	return respondents.find([row], {who: path}).get("asked", [])


def write_rows(doc, survey: str, who: str, people: list[frappe._dict]) -> list[str]:
	"""Write one ledger row per person about a record, due now. Their names, in the order of the people.

	The name is made of the moment, so that whoever was left out today for a limit may be asked again when it no
	longer holds; who must not be asked twice, the caller leaves out.
	"""
	now = now_datetime()
	event = _event_of(doc, int(f"{now:%Y%m%d}"))
	what = f"{who} {now:%H%M%S%f}"
	rows = [
		_row(survey, {**event, "unit": person.unit or event["unit"]}, person, ledger.BY_HAND, what, now)
		for person in people
	]
	writer.insert(rows)
	return [row["name"] for row in rows]


def _event_of(doc, occurrence: int) -> dict:
	return {
		"event_doctype": doc.doctype,
		"event_name": doc.name,
		"event_key": records.key_of(doc),
		"occurrence": occurrence,
		"unit": doc.get("unit"),
		"team": doc.get("team"),
	}


def ask_by_api(
	survey: str,
	recipients: list[dict],
	*,
	origin: str,
	about: tuple[str, str] | None = None,
	not_before: str | None = None,
) -> list[frappe._dict]:
	"""Write one ledger row per recipient; the deciding job asks each of them, or notes why not.

	recipients: dicts with email and, where it is known, unit and language. origin: the caller's own name for this
	request: sending it again gives the same rows and asks nobody twice. about: doctype and name of the record that
	the survey is about; none for a relationship survey. not_before: a moment of the site's zone.

	For each recipient in their order: name (of the row), email, status and reason as they are now, and whether the
	row is new. frappe.ValidationError with every fault at once; nothing is written then.
	"""
	kind = _kind_of(survey)
	_check_request(recipients, origin, about, kind)
	due = get_datetime(not_before) if not_before else now_datetime()
	event = _event(survey, kind, about)
	known = people.facts_by_address({_address(one) for one in recipients}, now_datetime())
	rows = []
	for one in recipients:
		address = _address(one)
		person = frappe._dict(address=address, contact=known[address].contact)
		unit = one.get("unit") or event.get("unit") or unit_of(address, person.contact)
		row = _row(survey, {**event, "unit": unit}, person, ledger.BY_API, origin.strip(), due)
		rows.append({**row, "language": one.get("language") or None})
	names_ = [row["name"] for row in rows]
	there = set(frappe.get_all(INVITATION, filters={"name": ["in", names_]}, pluck="name"))
	fresh = [row for row in rows if row["name"] not in there]
	writer.insert(fresh)
	for row in fresh:
		if row["language"]:
			frappe.db.set_value(INVITATION, row["name"], "language", row["language"])
	stand = {
		row.name: row
		for row in frappe.get_all(
			INVITATION, filters={"name": ["in", names_]}, fields=["name", "recipient", "status", "reason"]
		)
	}
	return [
		frappe._dict(
			name=name,
			email=stand[name].recipient,
			status=stand[name].status,
			reason=stand[name].reason or "",
			new=name not in there,
		)
		for name in names_
	]


def _kind_of(survey: str) -> str:
	found = frappe.db.get_value("CX Survey", survey, ["kind", "enabled"], as_dict=True)
	if not found:
		frappe.throw(_("There is no survey of that name."), frappe.DoesNotExistError)
	if not found.enabled:
		frappe.throw(
			_("The survey {0} is switched off. Switch it on first.").format(frappe.bold(escape_html(survey)))
		)
	return found.kind


def _check_request(recipients, origin: str, about, kind: str) -> None:
	faults = []
	if not (origin or "").strip() or len(origin) > _LONGEST_ORIGIN:
		faults.append(
			_("Give the request an origin of at most {0} characters, so that it can be sent twice.").format(
				_LONGEST_ORIGIN
			)
		)
	if not isinstance(recipients, list) or not 1 <= len(recipients) <= MOST_AT_ONCE:
		frappe.throw(_("Name between 1 and {0} recipients.").format(MOST_AT_ONCE))
	units = {one.get("unit") for one in recipients if isinstance(one, dict) and one.get("unit")}
	there = set(
		frappe.get_all(
			"CX Business Unit", filters={"name": ["in", sorted(map(str, units)) or [""]]}, pluck="name"
		)
	)
	for number, one in enumerate(recipients, start=1):
		if not isinstance(one, dict) or not validate_email_address(str(one.get("email") or "")):
			faults.append(_("Recipient {0}: 'email' is no mail address.").format(number))
		elif one.get("unit") and one["unit"] not in there:
			faults.append(_("Recipient {0}: there is no such business unit.").format(number))
	if bool(about) == (kind == events.RELATIONSHIP):
		faults.append(
			_("A relationship survey is about no record; leave it out.")
			if about
			else _("Say which record it is about: this survey asks about: {0}.").format(_(kind))
		)
	elif about and (triggers.DOCTYPES.get(kind) != about[0] or not frappe.db.exists(*about)):
		faults.append(
			_("There is no such record of the kind that this survey asks about: {0}.").format(_(kind))
		)
	if faults:
		frappe.throw("<br>".join(faults), title=_("Nobody was asked"))


def _address(recipient: dict) -> str:
	return ledger.normal_address(recipient["email"])


def _event(survey: str, kind: str, about: tuple[str, str] | None) -> dict:
	if not about:
		return {"event_doctype": "CX Survey", "event_name": survey, "occurrence": 0}
	doctype, name = about
	if kind == events.TICKET:
		fields = writer.event_fields(tickets.facts([name])[str(name)], now_datetime())
		return {**fields, "event_doctype": names.TICKET}
	return _event_of(frappe.get_doc(doctype, name), 0)


def _row(survey: str, event: dict, person, how: str, what: str, due) -> dict:
	key = ledger.address_key(person.address)
	return {
		**event,
		"name": ledger.row_name(
			event["event_doctype"],
			event["event_name"],
			event.get("occurrence") or 0,
			f"{how} {survey} {what} {key}",
			0,
			event.get("event_key"),
		),
		"survey": survey,
		"trigger": how,
		"recipient": person.address,
		"respondent_key": key,
		"contact": person.contact,
		"asked_by": frappe.session.user,
		"event_at": due,
		"due_at": due,
	}


def unit_of(address: str, contact: str | None) -> str:
	"""The unit that a person belongs to: the one that a ticket of theirs would get."""
	return unit_for({"raised_by": address, "contact": contact})[0]
