"""News of an initiative: planned by its template, written, approved, sent once through the host, with proof."""

import frappe
from frappe import _
from frappe.utils import (
	add_days,
	add_months,
	cint,
	cstr,
	format_date,
	get_fullname,
	getdate,
	now_datetime,
	nowdate,
)

from cx_desk.core.mapping import clean_address
from cx_desk.host import mail as host_mail
from cx_desk.host.addresses import site_url
from cx_desk.initiatives import mailing, people, templates
from cx_desk.units.language import languages_of, speaking

NEWS = "CX Announcement"
PLANNED, DRAFTED, APPROVED, SENT, CANCELLED = "Planned", "Drafted", "Approved", "Sent", "Cancelled"
KEPT_FIELDS = ("approved_by", "sent_at", "notice_given", "communication", "recipients", "delivered")
NEWEST_USERS_MONTHS = 12


def make_from_plan(doc) -> None:
	"""The news of the plan, each once."""
	known = set(frappe.get_all(NEWS, {"initiative": doc.name}, pluck="title"))
	for row in templates.read_plan(doc).get("news", []):
		if row["title"] not in known:
			one = frappe.new_doc(NEWS)
			one.update({**row, "initiative": doc.name, "due_on": _due(doc, row["due"])})
			# allowed: the plan makes them, whoever moved the initiative
			one.insert(ignore_permissions=True)


def drop_untouched(doc) -> None:
	"""Another template was chosen: what nobody has written yet goes."""
	for name in frappe.get_all(NEWS, {"initiative": doc.name, "state": PLANNED}, pluck="name"):
		frappe.delete_doc(NEWS, name, ignore_permissions=True)  # allowed: the plan made it


def _due(doc, days: int):
	return add_days(getdate(doc.golive_date), days) if doc.golive_date else None


def date_anew(doc) -> None:
	"""Go-live moved: what was not sent moves with it."""
	for row in frappe.get_all(
		NEWS, {"initiative": doc.name, "state": ("not in", (SENT, CANCELLED))}, ["name", "due"]
	):
		frappe.db.set_value(NEWS, row.name, "due_on", _due(doc, cint(row.due)))


def of(initiative: str) -> list[frappe._dict]:
	"""The news of an initiative, by day."""
	return frappe.get_all(
		NEWS,
		filters={"initiative": initiative},
		fields=[
			*(
				"name",
				"title",
				"state",
				"audience",
				"due_on",
				"sent_at",
				"before_golive",
				"notice",
				"notice_given",
			),
			*("subject", "message", "recipients", "delivered"),
		],
		order_by="ifnull(due_on, '9999-12-31') asc, creation asc",
	)


def unsent(doc) -> tuple[str, ...]:
	"""News that users must have before they are reached and that did not go out."""
	return tuple(
		row.title for row in of(doc.name) if row.before_golive and row.state not in (SENT, CANCELLED)
	)


def days_since_last(initiative: str) -> int | None:
	"""Days since the business last got news; None when it never did."""
	last = frappe.db.get_value(
		NEWS, {"initiative": initiative, "state": SENT}, "sent_at", order_by="sent_at desc"
	)
	return (getdate(nowdate()) - getdate(last)).days if last else None


def keep(doc) -> None:
	"""State by a step only; what was sent is not rewritten."""
	before = doc.get_doc_before_save()
	if before and cint(before.before_golive) and not cint(doc.before_golive):
		_may_unmark(doc)
	if before and not doc.flags.cx_step:
		for fieldname in (*KEPT_FIELDS, "state", "initiative"):
			doc.set(fieldname, before.get(fieldname))
		doc.set("receipts", [row.as_dict() for row in before.receipts])
		if before.state in (SENT, CANCELLED) and any(
			cstr(before.get(key)) != cstr(doc.get(key)) for key in ("subject", "message", "audience")
		):
			frappe.throw(_("It was {0}. Write a new one instead.").format(_(before.state).lower()))
		if before.state == APPROVED and any(
			cstr(before.get(key)) != cstr(doc.get(key)) for key in ("subject", "message", "audience")
		):
			# Approved was the old text.
			doc.state, doc.approved_by = DRAFTED, None
	if not before:
		for fieldname in KEPT_FIELDS:
			doc.set(fieldname, None)
		doc.set("receipts", [])
		doc.state = PLANNED
	written = bool(cstr(doc.subject).strip() and cstr(doc.message).strip())
	if doc.state in (PLANNED, DRAFTED):
		doc.state = DRAFTED if written else PLANNED


def _may_unmark(doc) -> None:
	"""What users must have before go-live is not made optional by whoever wants to go live."""
	me = frappe.session.user
	lead = frappe.db.get_value(people.INITIATIVE, doc.initiative, "lead")
	if me != "Administrator" and ("CX Manager" not in frappe.get_roles(me) or me == lead):
		frappe.throw(
			_("Users must have this before go-live. A CX Manager who is not the lead takes the mark off."),
			title=_("The mark stays"),
		)


def approve(name: str) -> None:
	"""Approve a text: by somebody else than who wrote it last, or by a CX Manager."""
	doc = frappe.get_doc(NEWS, name, for_update=True)
	if doc.state != DRAFTED:
		frappe.throw(
			_("Write subject and message first.")
			if doc.state == PLANNED
			else _("It is {0} already.").format(_(doc.state).lower())
		)
	me = frappe.session.user
	if me != "Administrator" and "CX Manager" not in frappe.get_roles(me) and me == doc.modified_by:
		frappe.throw(
			_("Somebody else than the writer approves it: four eyes before it goes to many."),
			title=_("Four eyes"),
		)
	doc.state, doc.approved_by = APPROVED, get_fullname(me)
	doc.flags.cx_step = "approve"
	doc.save()


def cancel(name: str, why: str) -> None:
	"""This news is not told; why stays in the comments."""
	doc = frappe.get_doc(NEWS, name, for_update=True)
	if doc.state in (SENT, CANCELLED):
		frappe.throw(_("It is {0} already.").format(_(doc.state).lower()))
	if not cstr(why).strip():
		frappe.throw(_("Say why it is not told."))
	if doc.before_golive:
		frappe.throw(
			_(
				"Users must have this before go-live. Send it, or let a CX Manager take the mark off if nobody is affected."
			)
		)
	doc.state = CANCELLED
	doc.flags.cx_step = "cancel"
	doc.save()
	doc.add_comment("Comment", cstr(why).strip())


def recipients_of(doc) -> list[tuple[str, str]]:
	"""(address, name) of everybody whom an announcement reaches, each once.

	Stakeholders stand on the initiative. Affected users: addresses that the mapping knows of the affected units, people
	that matter there, and who raised a ticket from there within a year.
	"""
	initiative = frappe.get_doc(people.INITIATIVE, doc.initiative)
	found: dict[str, str] = {}
	if doc.audience in ("Stakeholders", "Both"):
		for row in initiative.people:
			found.setdefault(row.email, row.person_name)
	if doc.audience in ("Affected users", "Both"):
		for address, name in affected_users([row.unit for row in initiative.units]):
			found.setdefault(address, name)
	return sorted(found.items())


def affected_users(units: list[str]) -> list[tuple[str, str]]:
	"""(address, name) of the people of some units and everything below them; the desk's own people left out."""
	from cx_desk.host.people import staff_addresses
	from cx_desk.host.requesters import requesters_of

	units = with_below(units)
	if not units:
		return []
	found = {
		clean_address(value): ""
		for value in frappe.get_all(
			"CX Unit Mapping", {"kind": "Person", "unit": ("in", units)}, pluck="value"
		)
	}
	contacts = frappe.get_all(
		"CX Unit Person", {"parent": ("in", units), "parenttype": "CX Business Unit"}, ["contact"]
	)
	rows = frappe.get_all(
		"Contact", {"name": ("in", [row.contact for row in contacts] or [""])}, ["email_id", "full_name"]
	)
	found |= {clean_address(row.email_id): row.full_name or "" for row in rows}
	since = add_months(nowdate(), -NEWEST_USERS_MONTHS)
	for row in requesters_of(units, since):
		found.setdefault(clean_address(row.raised_by), "")
	found.pop("", None)
	for address in staff_addresses(found):
		found.pop(address, None)
	names = frappe.get_all("Contact Email", {"email_id": ("in", list(found) or [""])}, ["email_id", "parent"])
	known = dict(
		frappe.get_all(
			"Contact",
			{"name": ("in", [row.parent for row in names] or [""])},
			["name", "full_name"],
			as_list=True,
		)
	)
	for row in names:
		found[clean_address(row.email_id)] = (
			found.get(clean_address(row.email_id)) or known.get(row.parent) or ""
		)
	return sorted(found.items())


def with_below(units: list[str]) -> list[str]:
	"""Units and every unit below them."""
	here = frappe.get_all("CX Business Unit", {"name": ("in", units or [""])}, ["lft", "rgt"])
	found: dict[str, None] = {}
	for row in here:
		for name in frappe.get_all(
			"CX Business Unit", {"lft": (">=", row.lft), "rgt": ("<=", row.rgt)}, pluck="name", order_by="lft"
		):
			found[name] = None
	return list(found)


def send(name: str) -> int:
	"""Send an approved announcement once: one Communication, one mail per person. How many were queued."""
	doc = frappe.get_doc(NEWS, name, for_update=True)
	if doc.state != APPROVED:
		frappe.throw(
			_("It was sent already.") if doc.state == SENT else _("It needs an approval before it goes out.")
		)
	initiative = frappe.get_doc(people.INITIATIVE, doc.initiative)
	everybody = recipients_of(doc)
	if not everybody:
		frappe.throw(
			_(
				"There is nobody to send it to: no address is known of the affected units. Add people, or import addresses."
			),
			title=_("Nobody"),
		)
	mails = _mails(doc, initiative, everybody)
	try:
		queued = host_mail.queue_bulk(mails)
	except frappe.OutgoingEmailError:
		frappe.throw(
			_("It was not sent, because no outgoing mail account works. See cx-doctor."), title=_("Not sent")
		)
	now = now_datetime()
	doc.set("receipts", [])
	for (address, person), row in zip(everybody, queued, strict=True):
		doc.append(
			"receipts",
			{
				"email": address,
				"person_name": person,
				"delivery": "Queued" if row else "Refused",
				"at": now,
				"message_id": row.message_id if row else None,
				"queued_as": row.name if row else None,
			},
		)
	doc.recipients = sum(1 for row in queued if row)
	doc.delivered = 0
	doc.state, doc.sent_at = SENT, now
	if initiative.golive_date:
		doc.notice_given = (getdate(initiative.golive_date) - getdate(now)).days
	doc.communication = _log(doc)
	doc.flags.cx_step = "send"
	# allowed: the caller asked for the permission; receipts are written by this step alone
	doc.save(ignore_permissions=True)
	return doc.recipients


def _mails(doc, initiative, everybody) -> list[host_mail.Mail]:
	"""One mail per person, in few texts: by language, and with a page only for who stands on the initiative."""
	stands_on_it = {row.email for row in initiative.people}
	account = frappe.get_cached_doc("CX Settings").email_account or None
	languages = languages_of([address for address, _person in everybody], initiative.unit)
	texts = {}
	mails = []
	for address, _person in everybody:
		with_page = address in stands_on_it
		kind = (languages[address], with_page)
		if kind not in texts:
			texts[kind] = _text(doc, initiative, *kind)
		html, text = texts[kind]
		mails.append(
			host_mail.Mail(
				recipient=address,
				subject=doc.subject,
				html=html,
				text=text,
				reference_doctype=NEWS,
				reference_name=doc.name,
				values={"token": people.token_for(initiative.name, address)} if with_page else {},
				account=account,
			)
		)
	return mails


def _text(doc, initiative, code: str, with_page: bool) -> tuple[str, str]:
	"""(HTML, plain text) of an announcement, framed in a language, with a slot for each person's own link."""
	link = site_url("/cx/i/") + host_mail.slot("token") if with_page else ""
	with speaking(code):
		button = _("Where it stands")
		return tuple(mailing.render(initiative, doc.message, link, button, form) for form in ("html", "txt"))


def _log(doc) -> str:
	"""One Communication for all, as the record that it was sent; the proof per person stands in the receipts."""
	communication = frappe.new_doc("Communication")
	communication.update(
		{
			"communication_type": "Automated Message",
			"communication_medium": "Email",
			"sent_or_received": "Sent",
			"subject": doc.subject,
			"content": frappe.utils.escape_html(doc.message).replace("\n", "<br>"),
			"reference_doctype": NEWS,
			"reference_name": doc.name,
			"sender": frappe.session.user if "@" in frappe.session.user else None,
		}
	)
	# allowed: a record of what the announcement's permission let be sent
	communication.insert(ignore_permissions=True)
	return communication.name


def follow_delivery() -> int:
	"""Copy what became of the mails into the receipts, before the host clears its queue; how many changed."""
	waiting = frappe.get_all(
		"CX Announcement Receipt",
		filters={"delivery": "Queued", "parenttype": NEWS},
		fields=["name", "parent", "queued_as"],
		limit=2000,
	)
	if not waiting:
		return 0
	found = host_mail.delivery([row.queued_as for row in waiting if row.queued_as])
	changed, parents = 0, set()
	for row in waiting:
		state = found.get(row.queued_as)
		word = (
			{"Sent": "Sent", "Error": "Failed", "Partially Errored": "Failed"}.get(state.status)
			if state
			else "Unknown"
		)
		if word:
			frappe.db.set_value(
				"CX Announcement Receipt",
				row.name,
				{"delivery": word, "at": state.modified if state else now_datetime()},
				update_modified=False,
			)
			changed += 1
			parents.add(row.parent)
	for parent in parents:
		sent = frappe.db.count("CX Announcement Receipt", {"parent": parent, "delivery": "Sent"})
		frappe.db.set_value(NEWS, parent, "delivered", sent, update_modified=False)
	return changed


def notice_text(row) -> str:
	"""Whether the notice was, or is going to be, long enough; empty where none was agreed."""
	if not cint(row.notice) or row.state == CANCELLED:
		return ""
	if row.state == SENT and row.notice_given is not None:
		if cint(row.notice_given) >= cint(row.notice):
			return _("{0} days of notice were given.").format(cint(row.notice_given))
		return _("Only {0} days of notice were given, {1} were agreed.").format(
			cint(row.notice_given), cint(row.notice)
		)
	if row.due_on and getdate(row.due_on) < getdate(nowdate()):
		return _("It was due on {0}.").format(format_date(row.due_on))
	return _("{0} days of notice are agreed.").format(cint(row.notice))
