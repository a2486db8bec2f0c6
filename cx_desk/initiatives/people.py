"""People of the business on an initiative: each has a link of their own, and sees only what is theirs.

A link's token is made from the site's key, the initiative and the address, so that every mail carries the same one;
only its hash is stored. Who has a portal session is known by the addresses of their user and contact.
"""

import base64
import hashlib
import hmac

import frappe
from frappe import _
from frappe.utils import cstr, validate_email_address

from cx_desk.core.mapping import clean_address
from cx_desk.host.addresses import site_url

INITIATIVE = "CX Initiative"
PERSON = "CX Initiative Person"
REQUESTER, SPONSOR, OWNER, APPROVER = "Requester", "Sponsor", "Benefit owner", "Approver"
KEY_USER = "Key user"


def token_for(initiative: str, email: str) -> str:
	"""The token of a person's link."""
	from frappe.utils.password import get_encryption_key

	text = f"cx-initiative:{initiative}:{clean_address(email)}"
	digest = hmac.new(get_encryption_key().encode(), text.encode(), hashlib.sha256).digest()
	return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hash_of(token: str) -> str:
	"""What is stored of a token."""
	return hashlib.sha256(token.encode()).hexdigest()


def link_for(initiative: str, email: str) -> str:
	"""The address of a person's page."""
	return site_url(f"/cx/i/{token_for(initiative, email)}")


def find(token: str | None) -> frappe._dict | None:
	"""Whose link it is: initiative, person_name, email and roles; None where it leads nowhere."""
	token = cstr(token)
	if not 20 <= len(token) <= 100:
		return None
	rows = frappe.get_all(
		PERSON,
		filters={"token_hash": hash_of(token), "parenttype": INITIATIVE},
		fields=["parent", "person_name", "email", "role"],
	)
	return _who(rows) if rows else None


def stands_on(initiative: str, email: str) -> bool:
	"""Whether an address stands on an initiative, in whatever role: then it has a page."""
	return bool(
		frappe.db.exists(
			PERSON, {"parent": initiative, "parenttype": INITIATIVE, "email": clean_address(email)}
		)
	)


def of_session(initiative: str, user: str) -> frappe._dict | None:
	"""What a signed-in person of the business is to an initiative; None where it is not theirs."""
	rows = frappe.get_all(
		PERSON,
		filters={"parent": initiative, "parenttype": INITIATIVE, "email": ["in", addresses_of(user) or [""]]},
		fields=["parent", "person_name", "email", "role"],
	)
	return _who(rows) if rows else None


def _who(rows) -> frappe._dict:
	return frappe._dict(
		initiative=rows[0].parent,
		name=rows[0].person_name or rows[0].email,
		email=rows[0].email,
		roles={row.role for row in rows},
	)


def addresses_of(user: str) -> list[str]:
	"""The mail addresses of a signed-in person: their user's and those of their contact."""
	if not user or user == "Guest":
		return []
	found = {cstr(user).lower(), cstr(frappe.db.get_value("User", user, "email")).lower()}
	contact = frappe.db.get_value("Contact", {"user": user})
	if contact:
		found |= {
			cstr(row).lower()
			for row in frappe.get_all(
				"Contact Email", {"parent": contact, "parenttype": "Contact"}, pluck="email_id"
			)
		}
	return sorted(found - {""})


def initiatives_of(user: str) -> list[str]:
	"""The initiatives on which a signed-in person of the business stands, newest first."""
	rows = frappe.get_all(
		PERSON,
		filters={"parenttype": INITIATIVE, "email": ["in", addresses_of(user) or [""]]},
		fields=["parent"],
		order_by="creation desc",
	)
	return list(dict.fromkeys(row.parent for row in rows))


def sync(doc) -> None:
	"""Keep the table of people whole: requester and sponsor stand in it, each address and role once, with its hash."""
	for fieldname in ("requester_email", "sponsor_email"):
		doc.set(fieldname, clean_address(doc.get(fieldname)) or None)
	for role, name, email in (
		(REQUESTER, doc.requester_name, doc.requester_email),
		(SPONSOR, doc.sponsor_name, doc.sponsor_email),
	):
		rows = [row for row in doc.people or [] if row.role == role]
		if not email:
			for row in rows:
				doc.remove(row)
			continue
		row = rows[0] if rows else doc.append("people", {"role": role})
		row.email, row.person_name = email, name or row.person_name or name_of(email)
		for double in rows[1:]:
			doc.remove(double)
	seen = set()
	for row in list(doc.people or []):
		row.email = clean_address(row.email)
		if not row.email or not validate_email_address(row.email):
			frappe.throw(
				_("Row {0} of the people: {1} is no mail address.").format(
					row.idx, frappe.bold(row.email or "?")
				)
			)
		if (row.email, row.role) in seen:
			doc.remove(row)
			continue
		seen.add((row.email, row.role))
		row.person_name = row.person_name or name_of(row.email)
		row.token_hash = hash_of(token_for(doc.name, row.email))
	if doc.requester_email and not doc.requester_name:
		doc.requester_name = name_of(doc.requester_email)
	if doc.sponsor_email and not doc.sponsor_name:
		doc.sponsor_name = name_of(doc.sponsor_email)


def name_of(email: str) -> str:
	"""What somebody is called: as their contact, else as a user, else the part before the @."""
	return known_name_of(email) or email.split("@")[0]


def known_name_of(email: str) -> str:
	"""What somebody is called as a contact, else as a user; empty where the address is not known."""
	from cx_desk.host.people import contact_of

	contact = contact_of(email)
	known = frappe.db.get_value("Contact", contact, "full_name") if contact else None
	return known or frappe.db.get_value("User", email, "full_name") or ""


def add(initiative: str, name: str, email: str, role: str) -> None:
	"""Put somebody on an initiative in a role, once."""
	doc = frappe.get_doc(INITIATIVE, initiative, for_update=True)
	email = clean_address(email)
	if any(row.email == email and row.role == role for row in doc.people):
		return
	doc.append("people", {"person_name": name, "email": email, "role": role})
	doc.flags.cx_quiet = True
	# allowed: who may change the question or benefit that names the person is decided there
	doc.save(ignore_permissions=True)
