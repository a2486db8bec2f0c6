"""How a person likes to be reached: kept by a hash of the address, shown in the ticket."""

from hashlib import sha256

import frappe
from frappe import _

from cx_desk.core.mapping import clean_address, clean_text

PREFERENCE = "CX Contact Preference"
WAYS = ("Mail", "Phone", "Chat", "In person")
NOTE_LENGTH = 140


def set_preferred_way(address: str | None, contact: str | None, way: str, note: str) -> None:
	"""Keep how the person behind an address likes to be reached; an empty way forgets it.

	The caller has checked that the session's user may serve this person.
	"""
	person = clean_address(address)
	if not person:
		frappe.throw(_("This ticket has no mail address to keep it for. Add a contact to the ticket first."))
	if way and way not in WAYS:
		frappe.throw(_("Choose one of: {0}.").format(", ".join(_(one) for one in WAYS)))
	note = clean_text(note)
	if len(note) > NOTE_LENGTH:
		frappe.throw(_("The note is longer than {0} characters. Shorten it.").format(NOTE_LENGTH))
	key = sha256(person.encode()).hexdigest()
	name = frappe.db.get_value(PREFERENCE, {"address_hash": key}, "name")
	doc = frappe.get_doc(PREFERENCE, name) if name else frappe.new_doc(PREFERENCE)
	doc.address_hash = key
	doc.contact = contact or doc.contact
	doc.preferred_way = way or None
	doc.way_note = note
	doc.flags.ignore_permissions = True  # allowed: who may read the ticket keeps how to reach its person
	doc.save()
