"""The bulk path leaves the same rows as the replay: the same incidents, told both ways, compared column by column."""

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import now_datetime

from cx_desk.demo import bulk, loader, log, memory, removal
from cx_desk.demo.replay import Replay

COUNT = 12
# Different by nature: who was first, chance, and what only others' jobs write.
NOT_COMPARED = {
	"HD Ticket": {
		"name",
		"key",
		"_assign",
		"_seen",
		"_comments",
		"_liked_by",
		"_user_tags",
		"idx",
		"modified_by",
	},
	"Communication": {"name", "reference_name", "idx", "_seen", "message_id", "uid", "in_reply_to"},
	"CX Survey Invitation": {"name", "event_name", "creation", "modified"},
	"HD Ticket Activity": {"name", "ticket", "idx", "_seen"},
}
EVENT_FIELDS = (
	*("survey", "trigger", "occurrence", "slot", "contact", "recipient", "respondent_key", "unit", "team"),
	*("ticket_type", "priority", "customer", "agreement_status", "event_at", "due_at"),
)


def told(incidents) -> dict[str, dict]:
	"""Every compared row of each incident, by incident and doctype."""
	tickets = dict(text.split(" ", 1) for text in memory.remembered("note:incident"))
	found = {}
	for incident in incidents:
		name = tickets[incident.number]
		where = {
			"HD Ticket": {"name": name},
			"Communication": {"reference_doctype": "HD Ticket", "reference_name": name},
			"HD Ticket Activity": {"ticket": name},
		}
		rows = {
			doctype: [
				{key: value for key, value in row.items() if key not in NOT_COMPARED[doctype]}
				for row in frappe.get_all(
					doctype, filters=filters, fields=["*"], order_by="creation asc, name asc"
				)
			]
			for doctype, filters in where.items()
		}
		rows["HD Ticket Activity"].sort(key=lambda row: (row["creation"], row["action"]))
		rows["CX Survey Invitation"] = frappe.get_all(
			"CX Survey Invitation",
			filters={"event_name": name},
			fields=list(EVENT_FIELDS),
			order_by="occurrence asc",
		)
		found[incident.number] = rows
	return found


class TestBulkLeavesTheSameRows(FrappeTestCase):
	def test_the_same_incidents_told_both_ways(self):
		loader.load(1, smtp_port=None)
		self.addCleanup(removal.remove)
		everything = log.read()
		shift = log.WEEK * int(memory.noted("weeks"))
		reopened = [i for i in everything if len(i.resolutions()) > 1 and i.ends < log.DENSE_UNTIL][:3]
		chosen = [log.move(i, shift) for i in [*log.choose(everything, COUNT)[1:], *reopened]]
		loader.Company(everything, chosen, chosen[0].opened.date()).make()
		frappe.db.commit()

		memory.forget("note:incident")
		replay = Replay(chosen, now_datetime())
		replay.ask = False
		replay.run()
		live = told(chosen)
		removal.remove_tickets()
		bulk.load(chosen, until=now_datetime())
		inert = told(chosen)

		for incident in chosen:
			for doctype, rows in live[incident.number].items():
				with self.subTest(incident=incident.number, doctype=doctype):
					self.assertTrue(rows)
					self.assertEqual(inert[incident.number][doctype], rows)
		told_of = dict(text.split(" ", 1) for text in memory.remembered("note:incident"))
		for incident in chosen:
			worked_on_by = frappe.db.get_value("HD Ticket", told_of[incident.number], "_assign")
			self.assertTrue(frappe.parse_json(worked_on_by or "[]"), "somebody of its team works on it")
