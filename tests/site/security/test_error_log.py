"""What goes wrong is logged without the values at hand: a System Manager reads the Error Log, and reads no answers.

The host writes every local variable of every frame beside a traceback, into its Error Log and into the logs of its
scheduler and its workers.
"""

import sys
from pathlib import Path
from unittest.mock import patch

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import anonymous_kit

from cx_desk import tasks
from cx_desk.host import mail
from cx_desk.surveys import acting, anonymous, decide, triggers, waves

UNITS = {"Surveytest Crowd": 12}


class TestErrorLog(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		anonymous_kit.sweep()

	@classmethod
	def tearDownClass(cls):
		anonymous_kit.sweep()
		super().tearDownClass()

	def setUp(self):
		frappe.set_user("Administrator")
		kit.switch_on(cooldown_days=0, yearly_budget=0)
		kit.empty()
		frappe.db.delete("Error Log")
		frappe.db.commit()
		self.addCleanup(self.clean)

	def clean(self):
		frappe.db.rollback()
		frappe.db.delete("Error Log", {"method": ["like", "CX Desk: %"]})
		frappe.db.commit()
		triggers.forget()

	def logged(self) -> str:
		rows = frappe.get_all("Error Log", fields=["method", "error"])
		self.assertTrue(rows, "the error must be found by who looks after the site")
		return "\n".join(f"{row.method}\n{row.error}" for row in rows)

	def test_codes_of_an_anonymous_survey_are_not_in_it(self):
		"""A reminder repeats codes that are valid: beside the people they were sent to, they say who has answered."""
		with patch.object(anonymous_kit, "UNITS", UNITS):
			anonymous_kit.units()
		anonymous_kit.survey()
		rows = anonymous_kit.ask(UNITS)
		codes = [anonymous_kit.token_of(row).split(".")[-1] for row in rows]
		self.assertTrue(all(codes))

		def breaks(_mails):
			raise OSError("no connection")

		def remind():
			from cx_desk.surveys import invitations

			known = frappe._dict({row.name: codes[number] for number, row in enumerate(rows)})
			with (
				patch.object(anonymous, "_sealed_codes", lambda names: dict(known)),
				patch.object(mail, "queue_bulk", breaks),
			):
				invitations.send(rows, frappe.utils.now_datetime(), wave=1)

		with patch.object(waves, "remind", remind), patch.object(decide, "decide_due", lambda: None):
			raised = self.job_fails(tasks.cx_ask_due, "no connection")
		for text in (self.logged(), raised):
			for row, code in zip(rows, codes, strict=True):
				self.assertNotIn(code, text)
				self.assertNotIn(row.recipient, text)

	def job_fails(self, job, words) -> str:
		"""What the host logs of a job that fails, with all variables, as its scheduler and its workers do."""
		try:
			job()
		except Exception:
			text = frappe.get_traceback(with_context=True)
		else:
			self.fail("the host must learn that the job failed")
		self.assertIn(words, text)
		return text

	def test_words_of_an_answer_are_not_in_it(self):
		doc = frappe.new_doc("CX Survey Response")
		doc.update({"kind": "Person", "comment": "Secret words", "act_state": "Pending", "low": 1})
		doc.insert(ignore_permissions=True)
		frappe.db.commit()

		def breaks(response, kind):
			said = response.comment
			raise ValueError(f"kit: broken after {len(said)} characters")

		try:
			with patch.object(acting, "_act", breaks):
				acting.act_on_answers()
		finally:
			frappe.db.delete("CX Survey Response", {"name": doc.name})
			frappe.db.commit()
		found = self.logged()
		self.assertIn("kit: broken", found)
		self.assertNotIn("Secret words", found)

	def test_any_job_is_careful(self):
		@tasks.noted
		def job():
			word = "sesame"  # noqa: F841
			raise ValueError("kit: broken")

		self.addCleanup(frappe.clear_document_cache, "CX Settings", "CX Settings")
		text = self.job_fails(job, "kit: broken")
		self.assertNotIn("'sesame'", text)
		self.assertNotIn("'sesame'", self.logged())
		# Otherwise the test would show nothing.
		try:
			job.__wrapped__()
		except ValueError:
			self.assertIn("'sesame'", frappe.get_traceback(with_context=True))


class TestNobodyElseLogs(FrappeTestCase):
	def test_every_error_of_ours_is_logged_there(self):
		app = Path(__file__).resolve().parents[3] / "cx_desk"
		found = {
			str(path.relative_to(app))
			for path in app.rglob("*.py")
			if "demo" not in path.parts and "frappe.log_error(" in path.read_text(encoding="utf-8")
		}
		self.assertEqual(found, {"host/error_log.py"})
