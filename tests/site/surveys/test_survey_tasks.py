"""The scheduler's jobs as the scheduler runs them, with their commits; and what is left after the retention."""

import json
from unittest.mock import patch

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_months, now_datetime

from cx_desk import tasks
from cx_desk.core import ledger
from cx_desk.surveys import answering, decide, retention, versions


class TestSurveyTasks(FrappeTestCase):
	def setUp(self):
		kit.sweep()
		kit.switch_on()
		self.doc = kit.resolve(kit.ticket())
		frappe.db.commit()

	def tearDown(self):
		frappe.db.rollback()
		kit.sweep()

	def runs(self):
		value = frappe.db.get_value(
			"Singles", {"doctype": "CX Settings", "field": "last_runs"}, "value", order_by=None
		)
		return json.loads(value)

	def test_every_job_runs_and_leaves_its_note(self):
		for job in (
			tasks.cx_ask_due,
			tasks.cx_act_on_answers,
			tasks.cx_follow_delivery,
			tasks.cx_reconcile,
			tasks.cx_nightly,
		):
			job()
			self.assertEqual(self.runs()[job.__name__]["error"], "")
		self.assertEqual(kit.row(self.doc).status, ledger.QUEUED)

	def test_a_job_that_fails_says_so_and_the_row_waits(self):
		with (
			patch.object(decide, "decide_batch", side_effect=RuntimeError("no room")),
			self.assertRaises(tasks.JobFailed),
		):
			tasks.cx_ask_due()
		self.assertEqual(self.runs()["cx_ask_due"]["error"], "RuntimeError: no room")
		self.assertEqual(kit.row(self.doc).status, ledger.PENDING)
		tasks.cx_ask_due()
		self.assertEqual(self.runs()["cx_ask_due"]["last_error"], "RuntimeError: no room")
		self.assertEqual(kit.row(self.doc).status, ledger.QUEUED)

	def test_a_deadlock_while_deciding_is_tried_again(self):
		real, calls = decide.decide_batch, []

		def once(batch):
			calls.append(batch)
			if len(calls) == 1:
				raise frappe.QueryDeadlockError
			return real(batch)

		with patch.object(decide, "decide_batch", once):
			tasks.cx_ask_due()
		self.assertEqual(kit.row(self.doc).status, ledger.QUEUED)

	def test_the_session_is_as_before_afterwards(self):
		tasks.cx_ask_due()
		self.assertEqual(frappe.db.sql("select @@session.tx_isolation")[0][0], "REPEATABLE-READ")

	def test_words_and_rows_end_with_their_retention_and_counts_stay(self):
		kit.run_decisions()
		found = kit.row(self.doc)
		token = kit.token_of(found)
		key = versions.load(found.survey_version)["questions"][0]["key"]
		page = answering.open_page(token)
		with patch.object(answering.time, "time", return_value=answering.time.time() + 9):
			answering.submit(
				token, {"stamp": page.stamp, f"q_{key}": "1", "comment": "words"}, agent=kit.PHONE
			)
		name = frappe.db.get_value("CX Survey Response", {"invitation": found.name})
		stored = frappe.db.get_value("CX Survey Response", name, ["kind", "machine_evidence"])
		self.assertEqual(stored, ("Person", None))
		counts = frappe.db.count("CX Score Rollup")
		old = add_months(now_datetime(), -30)
		frappe.db.set_value("CX Survey Response", name, {"answered_at": old, "history": "[]"})
		frappe.db.set_value("CX Survey Invitation", found.name, "event_at", old)
		frappe.db.commit()
		self.assertEqual(retention.empty_comments(0), 0)
		retention.apply()
		response = frappe.get_doc("CX Survey Response", name)
		self.assertEqual((response.comment, response.history, response.score), (None, None, 1))
		self.assertEqual(kit.rows(self.doc), [])
		self.assertEqual(frappe.db.count("CX Score Rollup"), counts)
		frappe.db.delete("CX Survey Answer", {"parent": name})
		frappe.db.delete("CX Survey Response", {"name": name})
		# The job has committed: a row left here would belong to the next ticket that gets this number.
		frappe.db.commit()
