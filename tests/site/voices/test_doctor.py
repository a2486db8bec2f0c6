"""cx-doctor finds what is broken, says what to do, and survives a check that breaks itself."""

from unittest.mock import patch

import voice_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk import tasks
from cx_desk.api import doctor as api
from cx_desk.units import doctor


def titles(level=None):
	return [f["title"] for f in doctor.examine() if level in (None, f["level"])]


class TestParts(FrappeTestCase):
	def tearDown(self):
		frappe.db.rollback()
		frappe.db.delete("Error Log", {"method": ["like", "%breaks"]})
		frappe.db.commit()

	def test_a_part_of_a_job_that_fails_stops_no_other(self):
		ran = []

		def breaks():
			frappe.get_doc({"doctype": "ToDo", "description": "kit: half done"}).insert()
			raise ValueError("kit: broken")

		with self.assertRaisesRegex(tasks.JobFailed, "ValueError: kit: broken"):
			tasks.run_each(lambda: ran.append(1), breaks, lambda: ran.append(2))
		self.assertEqual(ran, [1, 2])
		self.assertFalse(frappe.db.exists("ToDo", {"description": "kit: half done"}))
		self.assertTrue(frappe.db.exists("Error Log", {"method": ["like", "%breaks"]}))


class TestDoctor(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		self.manager = kit.user("manager", "CX Manager")
		kit.settings(desk_manager=self.manager, email_account=None)

	def tearDown(self):
		frappe.set_user("Administrator")

	def test_every_finding_that_is_not_ok_says_what_to_do(self):
		findings = doctor.examine()
		self.assertGreater(len(findings), 12)
		for finding in findings:
			self.assertIn(finding["level"], ("ok", "warn", "error"))
			self.assertEqual(bool(finding["to_do"]) or finding["level"] == "ok", True, finding)
			self.assertFalse(finding["title"].startswith("The check"), finding)

	def test_finds_a_missing_desk_manager(self):
		frappe.db.set_single_value("CX Settings", "desk_manager", kit.user("gone", enabled=0))
		frappe.clear_document_cache("CX Settings", "CX Settings")
		self.assertTrue(any("No enabled desk manager" in title for title in titles("error")))

	def test_finds_a_site_that_cannot_send(self):
		frappe.db.set_value("Email Account", {"default_outgoing": 1}, "enable_outgoing", 0)
		self.assertIn("No outgoing mail account", titles("error"))

	def test_finds_held_mail(self):
		frappe.db.set_default("suspend_email_queue", 1)
		self.addCleanup(frappe.db.set_default, "suspend_email_queue", 0)
		self.assertIn("The mail queue is suspended", titles("error"))

	def test_finds_a_failed_job_and_one_that_is_late(self):
		runs = {
			"cx_ask_due": {"at": "2020-01-01 00:00:00", "error": ""},
			"cx_reconcile": {"at": "2020-01-01", "error": "boom"},
		}
		frappe.db.set_single_value("CX Settings", "last_runs", frappe.as_json(runs))
		self.assertTrue(any(title.startswith("cx_reconcile failed") for title in titles("error")))
		self.assertTrue(any(title.startswith("cx_ask_due last ran") for title in titles("warn")))
		frappe.db.set_single_value("CX Settings", "last_runs", "{not json")
		self.assertTrue(any(title.startswith("cx_ask_due has not run") for title in titles("warn")))

	def test_every_job_of_the_scheduler_is_watched(self):
		events = frappe.get_hooks("scheduler_events", app_name="cx_desk")
		jobs = [job for key, value in events.items() if key != "cron" for job in value]
		jobs += [job for value in events["cron"].values() for job in value]
		self.assertEqual({job.rpartition(".")[2] for job in jobs}, set(doctor.JOBS))

	def test_finds_the_hosts_own_feedback_mail(self):
		frappe.db.set_single_value("HD Settings", "enable_email_ticket_feedback", 1)
		frappe.clear_document_cache("HD Settings", "HD Settings")
		self.addCleanup(frappe.clear_document_cache, "HD Settings", "HD Settings")
		self.assertTrue(any("mails its own feedback request when" in title for title in titles("warn")))

	def test_a_check_that_breaks_is_a_finding(self):
		def _broken():
			raise RuntimeError("no such table")

		with patch.object(doctor, "CHECKS", (_broken, *doctor.CHECKS[:1])):
			findings = doctor.examine()
		self.assertEqual(findings[0]["level"], "error")
		self.assertIn("no such table", findings[0]["title"])
		self.assertGreater(len(findings), 1)

	def test_only_managers_and_admins_may_look(self):
		frappe.set_user(kit.user("agent", "Agent"))
		with self.assertRaises(frappe.PermissionError):
			api.examine()
		frappe.set_user(self.manager)
		self.assertIn(api.examine()["worst"], ("ok", "warn", "error"))
