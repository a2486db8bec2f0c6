"""What belongs to a unit, beside its form."""

from frappe import _

from cx_desk.host.names import TICKET


def get_data():
	return {
		"fieldname": "unit",
		"non_standard_fieldnames": {TICKET: "cx_business_unit"},
		"transactions": [
			{"label": _("Who"), "items": ["CX Liaison Assignment", "CX Unit Mapping"]},
			{"label": _("What they say"), "items": ["CX Voice", "CX Survey Response"]},
			{"label": _("What they need"), "items": [TICKET]},
			{"label": _("How it stands"), "items": ["CX Conversation", "CX Signal", "CX Unit Week"]},
		],
	}
