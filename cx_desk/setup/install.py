"""What an installation adds to a site besides its doctypes: made once, never overwriting what an admin changed."""

import frappe

from cx_desk.host import fields, form_script, made, tickets, views
from cx_desk.initiatives import templates
from cx_desk.setup import defaults, initiative_board, key_words, voice_board
from cx_desk.surveys.shipped import make_shipped_surveys

ROOT_UNIT = "All Units"
UNASSIGNED_UNIT = "Unassigned"

ROLES = ("CX Manager", "CX Liaison")

# The reasons an answer can have, for a desk that has none of its own yet.
DRIVERS = {
	"Time to solve": "How long it took until it worked again.",
	"First answer": "How long it took until somebody got in touch.",
	"Solution": "Whether it was solved, and stayed solved.",
	"Communication": "Whether the person knew what was going on.",
	"Friendliness": "How the person was treated.",
	"Knowledge": "Whether the desk knew the subject and the business.",
	"Effort": "How much the person had to do for it.",
	"Access": "How easy it was to reach the desk.",
	"The service itself": "The system or service the request was about, not the help with it.",
}


def after_install() -> None:
	"""Fields on the host's doctypes and our own first records; roles come with the doctypes and fixtures."""
	make_roles()
	fields.add_fields()
	tickets.add_indexes()
	make_units()
	make_drivers()
	defaults.store()
	made.once("template_rows", fields.add_template_rows)


def after_sync() -> None:
	"""After fixtures: the screens in Helpdesk, and the surveys, which need what fixtures bring."""
	make_screens()
	make_shipped_surveys()


def after_migrate() -> None:
	"""What an older version did not have yet; everything that is there stays as it is."""
	make_roles()
	fields.add_fields()
	tickets.add_indexes()
	make_units()
	make_drivers()
	defaults.store()
	made.once("template_rows", fields.add_template_rows)
	make_screens()
	make_shipped_surveys()


def make_roles() -> None:
	"""Roles for people who work in the Desk."""
	for role in ROLES:
		if not frappe.db.exists("Role", role):
			frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": 1}).insert(
				ignore_permissions=True  # allowed: install
			)


def make_units() -> None:
	"""The root of the tree and the unit that catches what nothing else does."""
	root = frappe.db.get_value("CX Business Unit", {"parent_cx_business_unit": ("is", "not set")}, "name")
	if not root:
		root = _insert_unit({"unit_name": ROOT_UNIT, "is_group": 1, "tier": "Self-service"})
	if not frappe.db.exists("CX Business Unit", {"is_unassigned": 1}):
		_insert_unit(
			{
				"unit_name": UNASSIGNED_UNIT,
				"parent_cx_business_unit": root,
				"is_unassigned": 1,
				"tier": "Self-service",
			}
		)


def _insert_unit(values: dict) -> str:
	unit = frappe.get_doc({"doctype": "CX Business Unit", **values})
	unit.flags.by_install = True
	return unit.insert(ignore_permissions=True, ignore_mandatory=True).name  # allowed: install


def make_drivers() -> None:
	"""The default reasons, once: a desk may delete or rename them."""
	made.once("drivers", _insert_drivers)
	made.once("key_words", key_words.fill_in)


def _insert_drivers() -> None:
	for name, description in DRIVERS.items():
		if not frappe.db.exists("CX Driver", name):
			frappe.get_doc({"doctype": "CX Driver", "driver_name": name, "description": description}).insert(
				ignore_permissions=True  # allowed: install
			)


def make_screens() -> None:
	"""The button on the ticket and the shared view of tickets without a unit."""
	form_script.sync()
	made.once("unassigned_view", views.add_unassigned_view)
	made.once("voice_board", voice_board.make)
	made.once("initiative_templates", templates.make_shipped)
	made.once("initiative_board", initiative_board.make)
