"""People, team and mail account for the browser tests; run on the test site by the bench's Python.

	python prepare.py SITE SMTP_PORT

Safe to repeat. Everything begins with "browser", so that a test can tell it from the site tests' records.
"""

import sys

import frappe

PASSWORD = "cx-browser-1!"  # noqa: S105 (a test site of this machine)
PEOPLE = {
	"browser.agent@desk.example": ("Bruno", "Agent", ["Agent"]),
	"browser.lead@desk.example": ("Lena", "Lead", ["Agent", "Agent Manager", "CX Liaison"]),
	"browser.manager@desk.example": (
		"Mara",
		"Manager",
		["Agent", "Agent Manager", "CX Manager", "System Manager"],
	),
	"browser.security@desk.example": ("Selma", "Security", ["Agent"]),
}
TEAM = "Browser Team"
REVIEWERS = "Browser Security"
ACCOUNT = "Browser catcher"


def user(email: str, first: str, last: str, roles: list[str]) -> None:
	if not frappe.db.exists("User", email):
		frappe.get_doc(
			{
				"doctype": "User",
				"email": email,
				"first_name": first,
				"last_name": last,
				"enabled": 1,
				"send_welcome_email": 0,
			}
		).insert(ignore_permissions=True)
	doc = frappe.get_doc("User", email)
	doc.add_roles(*roles)
	doc.new_password = PASSWORD
	doc.flags.ignore_password_policy = True
	doc.save(ignore_permissions=True)
	if not frappe.db.exists("HD Agent", {"user": email}):
		agent = {"doctype": "HD Agent", "user": email, "agent_name": f"{first} {last}", "is_active": 1}
		frappe.get_doc(agent).insert(ignore_permissions=True)


def account(port: int) -> None:
	values = {
		"email_id": "servicedesk@desk.example",
		"smtp_server": "127.0.0.1",
		"smtp_port": port,
		"enable_outgoing": 1,
		"default_outgoing": 1,
		"no_smtp_authentication": 1,
		"use_tls": 0,
	}
	for other in frappe.get_all(
		"Email Account", {"default_outgoing": 1, "name": ("!=", ACCOUNT)}, pluck="name"
	):
		frappe.db.set_value("Email Account", other, "default_outgoing", 0)
	if frappe.db.exists("Email Account", ACCOUNT):
		frappe.db.set_value("Email Account", ACCOUNT, values)
	else:
		doc = frappe.get_doc({"doctype": "Email Account", "email_account_name": ACCOUNT, **values})
		doc.insert(ignore_permissions=True)


def empty_queue() -> None:
	"""Mails that the site tests left would be sent first, to servers that are not there, and stop the queue."""
	left = frappe.get_all("Email Queue", filters={"status": ("!=", "Sent")}, pluck="name")
	frappe.db.delete("Email Queue Recipient", {"parent": ("in", left or [""])})
	frappe.db.delete("Email Queue", {"name": ("in", left or [""])})


def desk() -> None:
	"""Past the setup wizard, with a team, its lead and a desk manager."""
	frappe.db.set_single_value("System Settings", {"setup_complete": 1, "enable_onboarding": 0})
	if frappe.get_meta("Installed Application").has_field("is_setup_complete"):
		for row in frappe.get_all("Installed Application", pluck="name"):
			frappe.db.set_value("Installed Application", row, "is_setup_complete", 1)
	if not frappe.db.exists("HD Team", TEAM):
		members = [{"user": email} for email in list(PEOPLE)[:2]]
		frappe.get_doc({"doctype": "HD Team", "team_name": TEAM, "users": members}).insert(
			ignore_permissions=True
		)
	if not frappe.db.exists("HD Team", REVIEWERS):
		members = [{"user": "browser.security@desk.example"}]
		frappe.get_doc({"doctype": "HD Team", "team_name": REVIEWERS, "users": members}).insert(
			ignore_permissions=True
		)
	settings = frappe.get_doc("CX Settings")
	settings.desk_manager = "browser.manager@desk.example"
	# Journeys are taken at any time of day.
	settings.update({"send_from": "00:00:00", "send_until": "23:59:59"})
	if TEAM not in {row.team for row in settings.team_leads}:
		settings.append("team_leads", {"team": TEAM, "user": "browser.lead@desk.example"})
	settings.save(ignore_permissions=True)


def main(site: str, smtp: str) -> None:
	frappe.init(site)
	frappe.connect()
	frappe.set_user("Administrator")
	for email, (first, last, roles) in PEOPLE.items():
		user(email, first, last, roles)
	account(int(smtp))
	empty_queue()
	desk()
	frappe.db.commit()
	frappe.clear_cache()
	frappe.destroy()


if __name__ == "__main__":
	main(*sys.argv[1:3])
