"""Correcting a ticket's unit moves what was counted for it, later and from rows in the database."""

from unittest.mock import patch

import unit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import now_datetime, nowdate

from cx_desk.surveys import rollups
from cx_desk.units import resolving, tickets

TEAM = "Kit Correction"


class TestCorrection(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		frappe.set_user("Administrator")
		kit.make_tree()
		kit.map_to("Domain", "kit-correct.example", kit.RETAIL)

	def setUp(self):
		frappe.db.savepoint("correction")
		self.addCleanup(frappe.db.rollback, save_point="correction")
		self.ticket = kit.make_ticket("x@kit-correct.example")
		self.count_something(self.ticket.name, kit.RETAIL)

	def count_something(self, ticket, unit):
		"""A ledger row that was asked and answered, with its counts, as surveys leaves them."""
		about = {"event_doctype": "HD Ticket", "event_name": ticket, "unit": unit, "owner": "Administrator"}
		# A team of its own: other tests' rows for these units may stand in the database.
		about["team"] = TEAM
		invitation = frappe.new_doc("CX Survey Invitation")
		invitation.update(
			{**about, "name": f"kit-inv-{ticket}", "status": "Answered", "queued_at": now_datetime()}
		)
		invitation.db_insert()
		response = frappe.new_doc("CX Survey Response")
		response.update(
			{**about, "name": f"kit-res-{ticket}", "kind": "Person", "score": 2, "main_type": "CSAT"}
		)
		response.update({"event_day": nowdate(), "asked_day": nowdate(), "invitation": invitation.name})
		response.append("answers", {"question_key": "q1", "question_type": "CSAT", "score": 2})
		response.insert(ignore_permissions=True, ignore_links=True, set_name=response.name)
		rollups.rebuild()

	def counts(self):
		"""Unit -> (answers, asked) over all rollup rows of the kit's units."""
		rows = frappe.get_all(
			"CX Score Rollup",
			{"unit": ("in", (kit.RETAIL, kit.CLAIMS)), "team": TEAM},
			["unit", "measure", "count"],
		)
		found = {}
		for row in rows:
			found.setdefault(row.unit, {}).setdefault(row.measure, 0)
			found[row.unit][row.measure] += row.count
		return {
			unit: {m: n for m, n in sorted(of.items()) if n} for unit, of in found.items() if any(of.values())
		}

	def where(self):
		return {
			frappe.db.get_value(doctype, {"event_name": self.ticket.name}, "unit")
			for doctype in ("CX Survey Invitation", "CX Survey Response")
		}

	def correct(self):
		self.ticket.reload()
		self.ticket.cx_business_unit = kit.CLAIMS
		self.ticket.save()

	def test_ledger_response_and_counts_move_together(self):
		before = self.counts()
		self.assertEqual(set(before), {kit.RETAIL})
		self.correct()
		self.assertEqual(self.where(), {kit.RETAIL}, "the save itself moves nothing")
		tickets.move_counts(self.ticket.name)
		self.assertEqual(self.where(), {kit.CLAIMS})
		self.assertEqual(self.counts(), {kit.CLAIMS: before[kit.RETAIL]})
		tickets.move_counts(self.ticket.name)
		self.assertEqual(self.counts(), {kit.CLAIMS: before[kit.RETAIL]}, "twice moves once")

	def test_the_job_is_queued_after_the_commit_and_a_dead_queue_breaks_nothing(self):
		from redis.exceptions import ConnectionError as RedisDown

		with patch.object(frappe.db, "after_commit") as later:
			self.correct()
		queue = [
			call.args[0] for call in later.add.call_args_list if "queue_move" in call.args[0].__qualname__
		]
		self.assertEqual(len(queue), 1)
		with patch("frappe.enqueue") as enqueue:
			queue[0]()
		self.assertEqual(enqueue.call_args.kwargs["ticket"], self.ticket.name)
		with patch("frappe.enqueue", side_effect=RedisDown("kit: down")):
			queue[0]()

	def test_a_lost_job_is_found_by_its_rows(self):
		self.correct()
		self.assertGreaterEqual(tickets.reconcile_moves(), 1)
		self.assertEqual(self.where(), {kit.CLAIMS})
		self.assertEqual(tickets.reconcile_moves(), 0)

	def test_looking_up_again_moves_counts_too(self):
		frappe.db.set_value("CX Unit Mapping", {"value": "kit-correct.example"}, "unit", kit.CLAIMS)
		rows = frappe.get_all(
			"HD Ticket",
			{"name": self.ticket.name},
			["name", "raised_by", "contact", "customer", "agent_group", "cx_business_unit", "cx_unit_rule"],
		)
		resolving.resolve_batch(rows)
		self.assertEqual(self.where(), {kit.CLAIMS})
		self.assertEqual(set(self.counts()), {kit.CLAIMS})

	def test_a_first_unit_moves_nothing(self):
		with patch("cx_desk.units.tickets.queue_move") as queue:
			kit.make_ticket("y@kit-correct.example")
		queue.assert_not_called()
