"""Makes what the tests about voices need: people of desk and business, a team with a lead, a ticket, a unit."""

import frappe
from frappe.utils import cint

PREFIX = "voicetest"


def user(name: str, *roles: str, enabled: int = 1) -> str:
	"""An enabled user of the Desk with roles; its id."""
	address = f"{PREFIX}.{name}@desk.example"
	if not frappe.db.exists("User", address):
		doc = frappe.get_doc(
			{"doctype": "User", "email": address, "first_name": name.title(), "send_welcome_email": 0}
		)
		doc.flags.no_welcome_mail = True
		doc.insert(ignore_permissions=True)
	doc = frappe.get_doc("User", address)
	if roles:
		doc.add_roles(*roles)
	if cint(doc.enabled) != enabled:
		frappe.db.set_value("User", address, "enabled", enabled)
	return address


def contact(name: str = "Carla Conti", address: str = "carla@voicetest.example") -> str:
	"""A contact with a mail address; its name."""
	known = frappe.db.get_value("Contact", {"email_id": address})
	if known:
		return known
	first, _space, last = name.partition(" ")
	doc = frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": first,
			"last_name": last,
			"email_ids": [{"email_id": address, "is_primary": 1}],
		}
	)
	return doc.insert(ignore_permissions=True).name


def unit(name: str = "Voicetest Finance") -> str:
	"""A business unit under the root; its name."""
	if not frappe.db.exists("CX Business Unit", name):
		root = frappe.db.get_value("CX Business Unit", {"parent_cx_business_unit": ("is", "not set")})
		frappe.get_doc(
			{"doctype": "CX Business Unit", "unit_name": name, "parent_cx_business_unit": root}
		).insert(ignore_permissions=True)
	return name


def liaison(of_unit: str, who: str, role: str = "Liaison") -> None:
	"""An open assignment."""
	if not frappe.db.exists("CX Liaison Assignment", {"unit": of_unit, "user": who, "role": role}):
		frappe.get_doc(
			{
				"doctype": "CX Liaison Assignment",
				"unit": of_unit,
				"user": who,
				"role": role,
				"from_date": "2020-01-01",
			}
		).insert(ignore_permissions=True)


def team(lead: str, name: str = "Voicetest Team") -> str:
	"""A team of the host with its lead in CX Settings."""
	if not frappe.db.exists("HD Team", name):
		frappe.get_doc({"doctype": "HD Team", "team_name": name, "users": [{"user": lead}]}).insert(
			ignore_permissions=True
		)
	settings(team_leads=[{"team": name, "user": lead}])
	return name


def settings(**values) -> None:
	"""Values of CX Settings, past what an earlier test left."""
	doc = frappe.get_doc("CX Settings")
	for field, value in values.items():
		doc.set(field, value)
	doc.flags.ignore_mandatory = True
	doc.save(ignore_permissions=True)


def ticket(
	of_team: str | None = None, of_unit: str | None = None, address: str = "carla@voicetest.example"
) -> str:
	"""A ticket raised by mail; its name."""
	contact(address=address)
	doc = frappe.get_doc(
		{"doctype": "HD Ticket", "subject": "VPN drops", "raised_by": address, "agent_group": of_team}
	).insert(ignore_permissions=True)
	if of_unit:
		frappe.db.set_value("HD Ticket", doc.name, "cx_business_unit", of_unit)
	return str(doc.name)


def mail_account() -> str:
	"""A default outgoing account, so that mails can be queued; nothing is sent in tests."""
	known = frappe.db.get_value("Email Account", {"default_outgoing": 1, "enable_outgoing": 1})
	if known:
		return known
	doc = frappe.get_doc(
		{
			"doctype": "Email Account",
			"email_account_name": "Voicetest",
			"email_id": "desk@voicetest.example",
			"enable_outgoing": 1,
			"default_outgoing": 1,
			"smtp_server": "127.0.0.1",
			"no_smtp_authentication": 1,
		}
	)
	doc.flags.ignore_validate = True
	return doc.insert(ignore_permissions=True, ignore_mandatory=True).name


def walk(name: str, *states: str) -> None:
	"""Take a voice through states as its owner would, telling the person in person."""
	from cx_desk.units import voices

	given = {
		"Done": {"outcome": "We replaced the gateway."},
		"Declined": {"decline_reason": "The building's owner said no."},
		"Told": {"note": "On the phone", "key": "told"},
		"Contested": {"note": "It dropped again"},
	}
	for state in states:
		voices.move(name, state, **given.get(state, {}))
