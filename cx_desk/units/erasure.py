"""Erasing a person from every record of CX Desk, and from what the host keeps beside them. Counts stay as they are.

The host's Personal Data Deletion Request ends here when it has done its own part (events.personal_data). A Contact
without a user account cannot make such a request: `erase_contact` does the same for it.
"""

import secrets
from collections import Counter
from dataclasses import dataclass, field

import frappe
from frappe import _

from cx_desk.core import ledger
from cx_desk.core import personal_data as data
from cx_desk.host import traces


@dataclass(frozen=True)
class Person:
	"""Whom to erase. stand_in: a mail address without meaning that stands where one is needed."""

	addresses: tuple[str, ...]
	contacts: tuple[str, ...]
	names: tuple[str, ...]
	stand_in: str
	rows: dict = field(default_factory=dict)

	@property
	def keys(self) -> list[str]:
		return [ledger.address_key(address) for address in self.addresses]

	@property
	def spellings(self) -> list[str]:
		return data.spellings(self.names)

	@property
	def marks(self) -> list[str]:
		"""What to look for in texts."""
		return [*self.addresses, *self.spellings]

	def redact(self, text: str) -> str:
		return data.redact(text, self.addresses, self.spellings, self.stand_in)


def erase_contact(contact: str) -> str:
	"""Erase the person of a Contact, with all its addresses; the name that the Contact has from now on.

	frappe.ValidationError where the person has a user account: then the host's request is the way, which asks them.
	"""
	frappe.db.get_value("Contact", contact, "name", for_update=True)
	addresses = traces.addresses_of(contact)
	if user := traces.user_of(addresses):
		frappe.throw(
			_(
				"{0} has a user account ({1}). Make a Personal Data Deletion Request for it: the person confirms it, and "
				"CX Desk is erased with it."
			).format(contact, user)
		)
	full_name = frappe.db.get_value("Contact", contact, "full_name") or contact
	new_name = f"erased-{secrets.token_hex(6)}"
	# The same person may stand there twice; who only shares an address keeps the rest.
	contacts = {contact: new_name}
	for row in traces.contacts_of(addresses):
		if row.name != contact and row.full_name == full_name:
			contacts[row.name] = f"{new_name}-{len(contacts) + 1}"
	person = Person(
		tuple(addresses),
		(*contacts, *contacts.values()),
		tuple({*contacts, full_name}),
		f"{new_name}@erased.invalid",
	)
	for name, erased_name in contacts.items():
		traces.erase_contact(name, erased_name, data.ERASED_PERSON)
	traces.take_addresses_off(addresses)
	erase(person)
	return new_name


def erase_contact_job(contact: str) -> None:
	"""Erase in the background, and tell who asked for it on their screen. One transaction: all of it or nothing."""
	new_name = erase_contact(contact)
	frappe.db.commit()  # allowed: the person is told after it is done
	frappe.publish_realtime(
		"msgprint",
		{
			"message": _("The person is erased. The contact is now called {0}.").format(new_name),
			"indicator": "green",
		},
		user=frappe.session.user,
	)


def erase_after_host(request) -> None:
	"""Erase what the host left, when its own deletion request is done."""
	address = ledger.normal_address(request.email)
	contacts = {row.name for row in traces.contacts_of([address, request.name])}
	if frappe.db.exists("Contact", request.name):
		contacts.add(request.name)
	# The host empties the names of a Contact and leaves its full name and its telephone numbers.
	for contact in contacts:
		traces.empty_contact(contact, data.ERASED_PERSON)
	full_name = getattr(request, "full_name", None) or ""
	names = [] if full_name in ("", request.email) else [full_name]
	# The host has put its own address in the place of the person's wherever it looked.
	person = Person((address, request.name.lower()), tuple(contacts), tuple(names), request.name)
	erase(person)


def erase(person: Person) -> Counter:
	"""Erase a person in the caller's transaction; how many rows of each doctype were theirs."""
	rows = rows_of(person)
	_keep_opt_out(person)
	traces.forget_records(
		{doctype: names for doctype, names in rows.items() if not _is_child(doctype)}, data.ERASED
	)
	_forget_deleted_copies(person)
	for doctype, names in rows.items():
		_erase_rows(doctype, names, person)
	_erase_child_words(rows)
	_redact_texts(person)
	for address in person.addresses:
		traces.forget_address(address, person.stand_in, data.ERASED)
	traces.mails_naming(person.marks)
	traces.tickets_naming(person.marks, person.redact)
	traces.redact_texts(person.marks, person.redact)
	_note(person)
	return Counter({doctype: len(names) for doctype, names in rows.items()})


def rows_of(person: Person) -> dict[str, list[str]]:
	"""The rows of every doctype that are the person's own."""
	found: dict[str, list[str]] = {}
	for doctype in data.FIELDS:
		wanted = [
			[doctype, name, "in", list(values)]
			for kind, values in (
				(data.ADDRESS, person.addresses),
				(data.CONTACT, person.contacts),
				(data.KEY, person.keys),
			)
			for name in data.fields_of(doctype, kind)
			if values
		]
		if wanted and (names := frappe.get_all(doctype, or_filters=wanted, pluck="name", order_by=None)):
			found[doctype] = names
	# An answer bears the key of its person; one imported without it is found by its invitation.
	if asked := found.get("CX Survey Invitation"):
		answered = frappe.get_all("CX Survey Response", filters={"invitation": ["in", asked]}, pluck="name")
		if answered:
			found["CX Survey Response"] = sorted({*found.get("CX Survey Response", ()), *answered})
	return found


def _forget_deleted_copies(person: Person) -> None:
	"""Records of the person that somebody had deleted: the host keeps them whole, words included."""
	marks = {*person.addresses, *person.contacts, *person.keys}
	values = {mark.lower() for mark in marks if mark}

	def is_theirs(doctype: str, record: dict) -> bool:
		fields = data.fields_of(doctype, data.ADDRESS, data.CONTACT, data.KEY)
		return any(str(record.get(name) or "").lower() in values for name in fields)

	traces.forget_deleted_copies(data.FIELDS, marks, is_theirs)


def _erase_rows(doctype: str, names: list[str], person: Person) -> None:
	if doctype in data.DELETED:
		frappe.db.delete(doctype, {"name": ["in", names]})
		return
	if doctype == "CX Contact Preference":
		return
	values: dict = dict.fromkeys(data.fields_of(doctype, data.CONTACT, data.ADDRESS, data.TOKEN))
	meta = frappe.get_meta(doctype)
	for name in data.fields_of(doctype, data.ADDRESS):
		if meta.get_field(name).reqd:
			values[name] = person.stand_in
	values |= dict.fromkeys(data.fields_of(doctype, data.NAME), data.ERASED_PERSON)
	for name in data.fields_of(doctype, data.OWN_WORDS):
		values[name] = data.ERASED if meta.get_field(name).reqd else None
	_set(doctype, names, values)
	# One person stays one person in the counts, but nobody knows which.
	for name in data.fields_of(doctype, data.KEY):
		for key in person.keys:
			_set_where(doctype, name, key, _new_key(person, key))


def _new_key(person: Person, key: str) -> str:
	return person.rows.setdefault(key, secrets.token_hex(32))


def _set(doctype: str, names: list[str], values: dict) -> None:
	"""Set these fields, each only in rows where it holds something: an empty one stays empty."""
	for field_name, value in values.items():
		for start in range(0, len(names), 500):
			frappe.db.set_value(
				doctype,
				{"name": ["in", names[start : start + 500]], field_name: ["is", "set"]},
				field_name,
				value,
				update_modified=False,
			)


def _set_where(doctype: str, field_name: str, before: str, after: str) -> None:
	frappe.db.set_value(doctype, {field_name: before}, field_name, after, update_modified=False)


def _erase_child_words(rows: dict[str, list[str]]) -> None:
	for child, parent, field_name, which in data.OWN_CHILD_WORDS:
		for start in range(0, len(rows.get(parent, ())), 500):
			filters = {"parenttype": parent, "parent": ["in", rows[parent][start : start + 500]]}
			filters |= {name: ["in", values] for name, values in which.items()}
			frappe.db.set_value(child, filters, field_name, None, update_modified=False)


def _redact_texts(person: Person) -> None:
	"""Take address and full name out of every free text of ours."""
	if not person.marks:
		return
	for doctype, kinds in data.FIELDS.items():
		columns = [
			name
			for kind in (data.WORDS, data.OWN_WORDS, data.NAME, data.ADDRESS)
			for name in kinds.get(kind, ())
		]
		if doctype == "CX Settings" or not columns:
			continue
		for row in traces.rows_naming(doctype, columns, person.marks):
			values = {name: person.redact(row[name]) for name in columns if row[name]}
			frappe.db.set_value(doctype, row.name, values, update_modified=False)
			if any((doctype, name) in data.EMPTIED_IF_NAMED for name in columns):
				emptied = [name for of, name in data.EMPTIED_IF_NAMED if of == doctype]
				frappe.db.set_value(doctype, row.name, dict.fromkeys(emptied), update_modified=False)


def _keep_opt_out(person: Person) -> None:
	"""Keep that somebody of this address wants no surveys, as a hash and nothing else; forget the rest of the record."""
	for row in frappe.get_all(
		"CX Contact Preference",
		or_filters=[["address_hash", "in", person.keys or [""]], ["contact", "in", list(person.contacts)]],
		fields=["name", "opted_out", "opted_out_at"],
	):
		frappe.db.delete("Version", {"ref_doctype": "CX Contact Preference", "docname": row.name})
		if not row.opted_out:
			frappe.db.delete("CX Contact Preference", {"name": row.name})
			continue
		kept = ("name", "address_hash", "opted_out", "opted_out_at", "proof")
		values = {
			column.fieldname: None
			for column in frappe.get_meta("CX Contact Preference").fields
			if column.fieldname not in kept
			and column.fieldtype in ("Data", "Small Text", "Select", "Link", "Datetime", "Date")
		}
		day = f"{row.opted_out_at:%Y-%m-%d}" if row.opted_out_at else ""
		values["proof"] = f"Opted out {day}; erased since, the hash of the address is kept as proof".strip()
		frappe.db.set_value("CX Contact Preference", row.name, values, update_modified=False)


def _is_child(doctype: str) -> bool:
	return bool(frappe.get_meta(doctype).istable)


def _note(person: Person) -> None:
	"""Leave a line that an erasure took place, and nothing of whose."""
	frappe.get_doc(
		{
			"doctype": "Activity Log",
			"subject": _("A person was erased: {0}").format(person.stand_in),
			"status": "Success",
			"user": frappe.session.user,
		}
	).insert(ignore_permissions=True)  # allowed: the log is the host's own and nobody's to write
