"""The ledger: one row for every event that could have been asked about, with what became of it."""

import frappe
from frappe.model.document import Document

from cx_desk.surveys import replies


class CXSurveyInvitation(Document):
	def on_communication_update(self, communication):
		"""The host calls this when a mail arrives that answers an invitation."""
		replies.hear_reply(self, communication)


def on_doctype_update():
	table = "CX Survey Invitation"
	frappe.db.add_index(table, ["status", "due_at"], "cx_due")
	frappe.db.add_index(table, ["event_doctype", "event_name"], "cx_event")
	frappe.db.add_index(table, ["respondent_key", "queued_at"], "cx_person")
	frappe.db.add_index(table, ["`trigger`", "event_at"], "cx_trigger")
	# The way from the event to the answer, of one survey and period.
	frappe.db.add_index(table, ["survey", "event_at"], "cx_survey_event")
	# A rebuild of the counts goes day by day.
	frappe.db.add_index(table, ["queued_at"], "cx_queued")
	# The budget of a unit.
	frappe.db.add_index(table, ["unit", "queued_at"], "cx_unit")
