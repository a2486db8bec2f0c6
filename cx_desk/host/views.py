"""Views in Helpdesk's ticket list: tickets without a unit for all, "My units" for each liaison."""

import json

import frappe

from cx_desk.core.mapping import UNASSIGNED
from cx_desk.host.names import TICKET, VIEW

UNASSIGNED_VIEW = "CX-VIEW-UNASSIGNED"
OWN_VIEW = "CX-VIEW-MY-UNITS-{0}"

COLUMNS = [
	{"label": "ID", "type": "Int", "key": "name", "width": "5rem"},
	{"label": "Subject", "type": "Data", "key": "subject", "width": "25rem"},
	{"label": "Status", "type": "Select", "key": "status", "width": "8rem"},
	{
		"label": "Business Unit",
		"type": "Link",
		"options": "CX Business Unit",
		"key": "cx_business_unit",
		"width": "12rem",
	},
	{"label": "Raised By", "type": "Data", "key": "raised_by", "width": "14rem"},
	{"label": "Team", "type": "Link", "options": "HD Team", "key": "agent_group", "width": "10rem"},
	{"label": "Created", "type": "Datetime", "key": "creation", "width": "8rem"},
]
ROWS = [
	"name",
	"subject",
	"status",
	"priority",
	"agent_group",
	"contact",
	"raised_by",
	"agreement_status",
	"response_by",
	"resolution_by",
	"customer",
	"first_responded_on",
	"modified",
	"creation",
	"_assign",
	"cx_business_unit",
]


def add_unassigned_view() -> None:
	"""The shared view of tickets that no mapping knows: by the rule, since the unit that catches them may be renamed."""
	if not frappe.db.exists(VIEW, UNASSIGNED_VIEW):
		_insert(UNASSIGNED_VIEW, "Without a unit", "🧭", {"cx_unit_rule": UNASSIGNED}, public=1)


def set_own_view(user: str, units: list[str]) -> None:
	"""Make or bring up to date a liaison's private view of the tickets of their units; none without units."""
	name = OWN_VIEW.format(user)[:140]
	if not units:
		frappe.db.delete(VIEW, {"name": name})
		return
	filters = json.dumps({"cx_business_unit": ["in", units]})
	present = frappe.db.get_value(VIEW, name, "filters")
	if present is None:
		_insert(name, "My units", "🏢", json.loads(filters), user=user)
	elif present != filters:
		frappe.db.set_value(VIEW, name, "filters", filters)


def remove_views() -> None:
	"""Delete every view of ours; the host refuses to delete some kinds through the document."""
	frappe.db.delete(VIEW, {"name": ("like", "CX-VIEW-%")})


def _insert(name: str, label: str, icon: str, filters: dict, *, public: int = 0, user: str = "Administrator"):
	view = frappe.get_doc(
		{
			"doctype": VIEW,
			"name": name,
			"label": label,
			"icon": icon,
			"dt": TICKET,
			"type": "list",
			"route_name": "TicketsAgent",
			"user": user,
			"public": public,
			"filters": json.dumps(filters),
			"columns": json.dumps(COLUMNS),
			"rows": json.dumps(ROWS),
			"order_by": "modified desc",
		}
	)
	view.flags.name_set = True
	view.insert(ignore_permissions=True)  # allowed: install
