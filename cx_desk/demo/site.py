"""The site the demo may use: one that these commands made, and whose mail goes nowhere but to this machine."""

import frappe
from frappe import _
from frappe.utils import cint

from cx_desk.demo import memory, plan

MARK = "cx_desk_made_by"
# In the site_config of a site with the demo's people: no account may lead elsewhere.
STAYS_HERE = "cx_desk_mail_stays_here"
LOCAL = ("127.0.0.1", "localhost", "::1")
ACCOUNT = "CX Desk demo"
ZONE = "Europe/Berlin"


def refuse_unless_made(yes: bool) -> None:
	"""ValidationError on a site without the mark: the demo writes a thousand tickets."""
	if frappe.conf.get(MARK) or yes:
		return
	frappe.throw(
		_(
			"{0} was not made by CX Desk's own commands ({1} is not in its site_config). Use a site made for trying, or "
			"add --yes if this site holds nothing that matters."
		).format(frappe.local.site, MARK)
	)


def require_account() -> None:
	"""ValidationError where nobody could be asked: a site without the mark keeps its own mail accounts, and has none."""
	if frappe.conf.get(MARK) or frappe.db.exists(
		"Email Account", {"enable_outgoing": 1, "default_outgoing": 1}
	):
		return
	frappe.throw(
		_(
			"{0} has no default outgoing mail account, so the demo could ask nobody. Make one that leads to a mail catcher "
			"on this machine, or use a site made for trying ({1} in its site_config), which gets its own."
		).format(frappe.local.site, MARK)
	)


def refuse_other_hosts(doc, method=None) -> None:
	"""On a demo's site, an account that would send or fetch mail elsewhere cannot be saved."""
	if not frappe.conf.get(STAYS_HERE):
		return
	for field in ("smtp_server", "email_server"):
		host = (doc.get(field) or "").strip().lower()
		if host and host not in LOCAL:
			frappe.throw(
				_(
					"This is a site for trying CX Desk: mail goes to a catcher on this machine only, not to {0}."
				).format(frappe.bold(frappe.utils.escape_html(host))),
				title=_("No mail leaves this site"),
			)


def make_usable(smtp_port: int) -> None:
	"""Past the setup wizard, in a time zone, with a mail account that leads to the catcher."""
	if not frappe.conf.get(MARK):
		return
	settings = frappe.get_doc("System Settings")
	if not cint(settings.setup_complete):
		settings.update({"setup_complete": 1, "time_zone": ZONE, "language": settings.language or "en"})
		settings.enable_onboarding = 0
		settings.flags.ignore_mandatory = True
		settings.save(ignore_permissions=True)  # allowed: a site made for the demo
		if frappe.get_meta("Installed Application").has_field("is_setup_complete"):
			for row in frappe.get_all("Installed Application", pluck="name"):
				frappe.db.set_value("Installed Application", row, "is_setup_complete", 1)
		frappe.clear_cache()
	from frappe.installer import update_site_config

	update_site_config(STAYS_HERE, 1)
	frappe.local.conf[STAYS_HERE] = 1
	make_account(smtp_port)


def make_account(smtp_port: int) -> None:
	values = {
		"email_id": f"servicedesk@{plan.DESK_DOMAIN}",
		"smtp_server": LOCAL[0],
		"smtp_port": smtp_port,
		"enable_outgoing": 1,
		"default_outgoing": 1,
		"no_smtp_authentication": 1,
		"use_tls": 0,
		"use_ssl_for_outgoing": 0,
	}
	if frappe.db.exists("Email Account", ACCOUNT):
		frappe.db.set_value("Email Account", ACCOUNT, values)
		frappe.clear_cache(doctype="Email Account")
		return
	doc = frappe.get_doc({"doctype": "Email Account", "email_account_name": ACCOUNT, **values})
	doc.flags.ignore_permissions = True  # allowed: a site made for the demo
	# The catcher need not run while the company is loaded.
	doc.validate_smtp_conn = lambda *_: None
	doc.insert()
	memory.remember("Email Account", [doc.name])
