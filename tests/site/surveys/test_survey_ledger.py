"""The ledger row of a resolution: written once, in the save, whatever the way; found again when it is missing."""

from unittest.mock import patch

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, now_datetime

from cx_desk.core import ledger
from cx_desk.surveys import decide, ledger_check, reconcile, triggers
from cx_desk.surveys import ledger as writer


class TestSurveyLedger(FrappeTestCase):
	def setUp(self):
		kit.switch_on()
		kit.empty()

	def tearDown(self):
		frappe.db.rollback()
		triggers.forget()

	def test_a_resolution_writes_one_row_and_saving_again_none(self):
		doc = kit.resolve(kit.ticket())
		doc.subject += " once more"
		doc.save()
		found = kit.row(doc)
		self.assertEqual(found.status, ledger.PENDING)
		self.assertEqual(found.occurrence, 1)
		self.assertEqual(found.recipient, kit.person())
		self.assertEqual(found.unit, doc.cx_business_unit)
		self.assertTrue(found.respondent_key)
		self.assertFalse(found.token_hash)

	def test_resolved_to_closed_is_no_second_resolution(self):
		doc = kit.resolve(kit.resolve(kit.ticket()), "Closed")
		self.assertEqual(kit.row(doc).occurrence, 1)

	def test_each_resolution_has_its_row(self):
		doc = kit.resolve(kit.ticket())
		kit.resolve(doc, "Open")
		kit.resolve(doc)
		self.assertEqual([found.occurrence for found in kit.rows(doc)], [1, 2])

	def test_the_way_that_skips_validate(self):
		doc = kit.ticket()
		doc.status = "Closed"
		doc.flags.ignore_validate = True
		doc.save(ignore_permissions=True)
		self.assertEqual(kit.row(doc).status, ledger.PENDING)

	def test_a_merged_ticket_writes_none(self):
		from helpdesk.helpdesk.doctype.hd_ticket.api import merge_ticket

		source, target = kit.ticket(), kit.ticket()
		merge_ticket(source.name, target.name)
		self.assertEqual(kit.rows(source), [])

	def test_without_a_trigger_nothing_is_written(self):
		frappe.db.set_value("CX Survey Trigger", kit.TICKET_TRIGGER, "enabled", 0)
		triggers.forget()
		self.assertEqual(kit.rows(kit.resolve(kit.ticket())), [])

	def test_every_matching_trigger_in_one_insert(self):
		self.another("Surveytest everyone")
		self.another("Surveytest low priority", [("HD Ticket Priority", "Low")])
		self.another("Surveytest other priority", [("HD Ticket Priority", "Urgent")])
		doc = kit.ticket(priority="Low")
		doc.status = "Resolved"
		doc.save()  # warms the caches
		doc = kit.ticket(priority="Low")
		doc.status = "Resolved"
		with kit.count_queries() as statements:
			doc.save()
		inserts = [text for text in statements if "CX Survey Invitation" in text]
		self.assertEqual(len(inserts), 1, inserts)
		self.assertEqual(
			{found.trigger for found in kit.rows(doc)},
			{kit.TICKET_TRIGGER, "Surveytest everyone", "Surveytest low priority"},
		)

	def another(self, name, filters=()):
		frappe.get_doc(
			{
				"doctype": "CX Survey Trigger",
				"trigger_name": name,
				"survey": kit.TICKET_SURVEY,
				"enabled": 1,
				"audience": "Only where the rows below match" if filters else "Everyone",
				"filters": [{"kind": kind, "value": value} for kind, value in filters],
			}
		).insert()

	def test_a_unit_means_its_whole_branch(self):
		root = frappe.db.get_value("CX Business Unit", {"parent_cx_business_unit": ["is", "not set"]})
		for name, parent, group in (
			("Surveytest Retail", root, 1),
			("Surveytest Cards", "Surveytest Retail", 0),
			("Surveytest Loans", root, 0),
		):
			frappe.get_doc(
				{
					"doctype": "CX Business Unit",
					"unit_name": name,
					"parent_cx_business_unit": parent,
					"is_group": group,
				}
			).insert()
		self.another("Surveytest retail", [("CX Business Unit", "Surveytest Retail")])
		inside, outside = kit.ticket(), kit.ticket()
		for doc, unit in ((inside, "Surveytest Cards"), (outside, "Surveytest Loans")):
			doc.cx_business_unit = unit
			doc.save()
		for doc, wanted in ((inside, True), (outside, False)):
			found = {one.trigger for one in kit.rows(kit.resolve(doc))}
			self.assertEqual("Surveytest retail" in found, wanted)

	def test_an_error_of_ours_does_not_stop_the_ticket_and_is_made_good(self):
		doc = kit.ticket()
		with patch.object(writer, "insert", side_effect=RuntimeError("broken")):
			doc = kit.resolve(doc)
		self.assertEqual(doc.status_category, "Resolved")
		self.assertEqual(kit.rows(doc), [])
		self.assertEqual(reconcile.add_missing(), 1)
		self.assertEqual(kit.row(doc).occurrence, 1)
		self.assertEqual(reconcile.add_missing(), 0)

	def test_an_insert_that_the_database_refuses_leaves_the_save_whole(self):
		"""There is no savepoint around it: a statement that fails is undone by the database, and the save goes on."""
		self.another("Surveytest everyone")
		doc, real = kit.ticket(), writer.resolution_rows

		def with_a_column_that_is_not_there(*args):
			return [{**row, "no_such_column": number} for number, row in enumerate(real(*args))]

		doc.subject += " kept"
		with (
			patch.object(writer, "resolution_rows", with_a_column_that_is_not_there),
			patch.object(writer, "FIELDS", (*writer.FIELDS, "no_such_column")),
		):
			doc.status = "Resolved"
			doc.save(ignore_permissions=True, ignore_version=False)
		stored = frappe.get_doc("HD Ticket", doc.name)
		self.assertEqual((stored.status_category, stored.subject), ("Resolved", doc.subject))
		self.assertEqual(kit.rows(doc), [])
		self.assertTrue(
			frappe.db.exists("Error Log", {"reference_doctype": "HD Ticket", "reference_name": doc.name})
		)
		self.assertEqual(reconcile.add_missing(), 2)

	def test_a_deadlock_is_passed_on(self):
		doc = kit.ticket()
		with (
			patch.object(writer, "insert", side_effect=frappe.QueryDeadlockError),
			self.assertRaises(frappe.QueryDeadlockError),
		):
			kit.resolve(doc)

	def test_reconcile_adds_the_resolutions_between(self):
		doc = kit.resolve(kit.ticket())
		with patch.object(writer, "insert", side_effect=RuntimeError("broken")):
			for _again in range(2):
				kit.resolve(doc, "Open")
				kit.resolve(doc)
		reconcile.add_missing()
		self.assertEqual([found.occurrence for found in kit.rows(doc)], [1, 2, 3])
		kit.run_decisions()
		self.assertEqual(
			[(found.status, found.reason) for found in kit.rows(doc)],
			[(ledger.WITHDRAWN, "Reopened"), (ledger.WITHDRAWN, "Reopened"), (ledger.QUEUED, None)],
		)

	def test_what_was_resolved_before_the_trigger_was_on_is_not_asked(self):
		with patch.object(writer, "insert", side_effect=RuntimeError("broken")):
			kit.resolve(kit.ticket())
		frappe.db.set_value(
			"CX Survey Trigger", kit.TICKET_TRIGGER, "enabled_since", add_days(now_datetime(), 1)
		)
		triggers.forget()
		self.assertEqual(reconcile.add_missing(), 0)

	def test_claiming_reads_by_the_index(self):
		query = decide.claim_query(now_datetime(), 500)
		plan = frappe.db.sql(f"explain {query}", as_dict=True)
		self.assertEqual(plan[0].key, "cx_due", plan)
		self.assertNotIn("filesort", (plan[0].Extra or "").lower(), plan)

	def test_the_check_accounts_for_every_resolution_and_sees_what_is_missing(self):
		for name in ("ann", "bob"):
			kit.resolve(kit.ticket(kit.person(name)))
		doc = kit.resolve(kit.ticket())
		kit.resolve(doc, "Open")
		kit.resolve(doc)
		kit.run_decisions()
		account = self.account()
		self.assertEqual((account.difference, account.missing, account.surplus), (0, [], []))
		self.assertGreaterEqual(account.eligible, 4)
		self.assertEqual(sum(account.statuses.values()), account.rows)
		before = account.eligible
		frappe.db.delete("CX Survey Invitation", {"name": kit.rows(doc)[1].name})
		account = self.account()
		self.assertEqual((account.eligible, account.difference), (before, 1))
		self.assertEqual(len(account.missing), 1)
		self.assertFalse(account.clean)

	def test_the_check_sees_a_mail_sent_twice(self):
		found, _token = kit.asked()
		copy = frappe.copy_doc(frappe.get_doc("Email Queue", found.email_queue))
		copy.insert()
		self.assertEqual(len(self.account().doubtful), 1)

	def account(self):
		return next(one for one in ledger_check.examine() if one.trigger == kit.TICKET_TRIGGER)

	def test_a_ticket_can_be_deleted_and_the_row_stays(self):
		doc = kit.resolve(kit.ticket())
		frappe.delete_doc("HD Ticket", doc.name, ignore_permissions=True)
		kit.run_decisions()
		self.assertEqual((kit.row(doc).status, kit.row(doc).reason), (ledger.WITHDRAWN, "Deleted"))
		self.assertEqual(self.account().difference, 0)

	def test_the_check_does_not_rest_on_a_cache_that_remembers_another_site(self):
		kit.resolve(kit.ticket())
		frappe.cache.set_value(triggers.CACHE_KEY, [])
		self.addCleanup(triggers.forget)
		accounts = ledger_check.examine()
		self.assertIn(kit.TICKET_TRIGGER, [account.trigger for account in accounts])
