"""Units known well by nobody, one or two of the desk, plain and weighted by tickets."""

from frappe import _

from cx_desk.immersion import knowledge_cover


def execute(filters=None):
	rows, shares = knowledge_cover.resilient_cover((filters or {}).get("unit") or None)
	data = [{**row, "known_words": _(row["known"])} for row in rows]
	return columns(), data, message(shares), chart(rows)


def columns():
	return [
		{
			"fieldname": "unit",
			"label": _("Business unit"),
			"fieldtype": "Link",
			"options": "CX Business Unit",
			"width": 260,
		},
		{"fieldname": "tickets", "label": _("Tickets in 91 days"), "fieldtype": "Int", "width": 150},
		{"fieldname": "known_words", "label": _("Known well by"), "fieldtype": "Data", "width": 150},
		{"fieldname": "who", "label": _("Who"), "fieldtype": "Data", "width": 380, "align": "left"},
	]


def message(shares) -> str:
	if not shares:
		return _("No unit that you see had tickets or a visit yet, so there is nothing to cover.")
	return shares["text"] + " " + _("Counts of our own records. Never used to rate people.")


def chart(rows):
	if not rows:
		return None
	order = (knowledge_cover.NOBODY, knowledge_cover.ONE, knowledge_cover.TWO)
	return {
		"data": {
			"labels": [_(known) for known in order],
			"datasets": [
				{
					"name": _("Units"),
					"values": [sum(row["known"] == known for row in rows) for known in order],
				}
			],
		},
		"type": "bar",
		"colors": ["#1f5f8b"],
		"height": 180,
	}
