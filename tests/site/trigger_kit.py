"""A case with a unit, surveys of every kind and triggers that are on, for tests about who is asked."""

from unittest.mock import patch

import survey_kit as kit
import voice_kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, now_datetime

from cx_desk.core import ledger
from cx_desk.core import survey_events as events
from cx_desk.surveys import ledger_check, triggers

UNIT = "Surveytest Finance"


class TriggerCase(FrappeTestCase):
	def setUp(self):
		kit.switch_on(send_until="23:59:59")
		kit.empty()
		frappe.db.set_value("CX Survey Trigger", {"name": ["!=", "-"]}, "enabled", 0)
		# The host commits after a notification's mail.
		commit = patch.object(frappe.db, "commit")
		commit.start()
		self.addCleanup(commit.stop)
		self.unit = voice_kit.unit(UNIT)
		self.addCleanup(triggers.forget)
		self.addCleanup(frappe.db.rollback)

	def survey(self, kind: str = "Ticket", **values) -> str:
		return (
			frappe.get_doc(
				{
					"doctype": "CX Survey",
					"survey_name": f"Surveytest {kind} {frappe.generate_hash(length=4)}",
					"kind": kind,
					"enabled": 1,
					"privacy": "Named",
					"language": "en",
					"subject": "How was it?",
					"questions": [{"question": "How was it?", "question_type": "CSAT", "low_at_most": 2}],
					**values,
				}
			)
			.insert()
			.name
		)

	def trigger(self, event: str = events.TICKET_RESOLVED, **values):
		"""A trigger that is on since yesterday."""
		kind = events.kind_of(event, values.get("watched_date"))
		filters = values.pop("filters", [])
		doc = frappe.get_doc(
			{
				"doctype": "CX Survey Trigger",
				"trigger_name": f"Surveytest {event} {frappe.generate_hash(length=4)}",
				"survey": values.pop("survey", None) or self.survey(kind),
				"enabled": 1,
				"event": event,
				"audience": "Only where the rows below match" if filters else "Everyone",
				"filters": filters,
				"sample_percent": 100,
				**values,
			}
		).insert()
		doc.db_set("enabled_since", values.get("enabled_since") or add_days(now_datetime(), -1))
		triggers.forget()
		return doc

	def rows(self, trigger) -> list:
		return frappe.get_all(
			"CX Survey Invitation", filters={"trigger": trigger.name}, fields=["*"], order_by="slot asc"
		)

	def asked(self, trigger) -> list[str]:
		kit.run_decisions()
		return [row.recipient for row in self.rows(trigger) if row.status == ledger.QUEUED]

	def account(self, trigger):
		return next(one for one in ledger_check.examine() if one.trigger == trigger.name)

	def names_on_unit(self, *roles: str) -> list[str]:
		"""People that matter on the unit, one per role; their addresses."""
		doc = frappe.get_doc("CX Business Unit", UNIT)
		addresses = []
		for number, role in enumerate(roles):
			address = f"named{number}@{kit.DOMAIN}"
			contact = voice_kit.contact(f"Surveytest Named {number}", address)
			doc.append("people", {"contact": contact, "role": role})
			addresses.append(address)
		doc.save()
		return addresses
