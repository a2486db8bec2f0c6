"""Early life support: a ticket that was taken off stays off, and what it ends by is signed by somebody on a day."""

import initiative_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, get_fullname, getdate, now_datetime, nowdate

from cx_desk.initiatives import dialog, facts, moving, support, tagging, templates


class TestSupport(FrappeTestCase):
	def setUp(self):
		self.world = kit.World()
		kit.without_commits(self)
		frappe.db.savepoint("cx_case")
		self.name = kit.start(self.world)

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback(save_point="cx_case")
		frappe.clear_document_cache("CX Initiative Template", "Small change")

	def live(self, **values):
		frappe.db.set_value(
			"CX Initiative",
			self.name,
			{
				"stage": "Early life",
				"live_at": add_days(now_datetime(), -10),
				"support_until": nowdate(),
				"support_users": 250,
				"tag_words": "portal",
				**values,
			},
		)
		return frappe.get_doc("CX Initiative", self.name)

	def ticket(self, subject="The portal is slow"):
		doc = frappe.get_doc(
			{"doctype": "HD Ticket", "subject": subject, "raised_by": kit.CONTACT, "description": "x"}
		)
		doc.insert(ignore_permissions=True)
		frappe.db.set_value("HD Ticket", doc.name, "cx_business_unit", self.world.unit)
		return str(doc.name)

	def tag_of(self, ticket):
		return frappe.get_value(
			"CX Initiative Ticket",
			{"initiative": self.name, "ticket": ticket},
			["name", "removed", "removed_by", "tagged_by"],
			as_dict=True,
		)

	def test_what_was_taken_off_by_hand_stays_off(self):
		doc = self.live(tag_by_unit=1)
		mine, other = self.ticket(), self.ticket("Another portal of the town")
		self.assertEqual(tagging.tag_new(doc), 2)
		self.assertEqual(support.look(doc).link_rate, 1.0)
		kit.as_user(self.world.manager, tagging.untag, self.name, other)
		self.assertEqual(tagging.tag_new(doc), 0)
		self.assertEqual(
			(self.tag_of(other).removed, self.tag_of(other).removed_by), (1, get_fullname(self.world.manager))
		)
		now = support.look(doc)
		# It is none of the categories any more, so it does not lower the share that is tagged either.
		self.assertEqual((now.tagged, now.of_categories, now.open, now.link_rate), (1, 1, 1, 1.0))
		self.assertFalse(self.tag_of(mine).removed)

	def test_words_alone_do_not_tell_what_was_forgotten_a_ticket_type_does(self):
		doc = self.live()
		mine, other = self.ticket(), self.ticket("Something else in the same unit")
		tagging.tag_new(doc)
		now = support.look(doc)
		self.assertEqual((now.tagged, now.link_rate, now.of_categories), (1, None, None))
		kind = frappe.db.get_value("HD Ticket Type", {}, "name")
		frappe.db.set_value("HD Ticket", mine, "ticket_type", kind)
		frappe.db.set_value("HD Ticket", other, "ticket_type", kind)
		doc.tag_type = kind
		self.assertEqual(support.look(doc).link_rate, 0.5)

	def test_a_week_that_was_hardly_tagged_passes_nothing(self):
		doc = self.live(tag_by_unit=0, live_at=add_days(now_datetime(), -30), tag_words="nowhere")
		kind = frappe.db.get_value("HD Ticket Type", {}, "name")
		ticket = self.ticket()
		last_week = add_days(nowdate(), -((getdate(nowdate()).weekday() + 1) % 7 or 7) - 3)
		values = {"ticket_type": kind, "creation": f"{last_week} 10:00:00"}
		frappe.db.set_value("HD Ticket", ticket, values, update_modified=False)
		frappe.db.set_value("CX Initiative", self.name, "tag_type", kind)
		doc.reload()
		self.assertTrue(support.note_week(doc))
		row = doc.checks[-1]
		self.assertEqual((row.tickets, row.passed, row.any_came, row.link_rate), (0, 0, 1, 0))
		self.assertIn("Only 0 %", row.why_not)
		self.assertFalse(any(look.passed for look in support._checks(doc, None)))

	def test_a_look_at_one_week_is_no_look_at_two(self):
		last = add_days(getdate(nowdate()), -((getdate(nowdate()).weekday() + 1) % 7 or 7))
		doc = self.live(live_at=f"{add_days(last, -6)} 00:00:00", tag_words="portal", support_users=500)
		for _number in range(6):
			ticket = self.ticket()
			values = {"creation": f"{add_days(last, -2)} 10:00:00"}
			frappe.db.set_value("HD Ticket", ticket, values, update_modified=False)
		tagging.tag_new(doc)
		self.assertTrue(support.note_week(doc))
		row = doc.checks[-1]
		self.assertEqual((row.tickets, row.weeks, round(row.rate, 6)), (6, 1, 1.2))
		self.assertAlmostEqual(support._checks(doc, None)[0].rate, 1.2)

	def test_by_hand_it_can_come_back(self):
		doc = self.live()
		ticket = self.ticket()
		tagging.tag_new(doc)
		tagging.untag(self.name, ticket)
		tagging.tag(self.name, ticket)
		row = self.tag_of(ticket)
		self.assertEqual((row.removed, row.removed_by, row.tagged_by), (0, None, "By hand"))

	def test_a_rules_tag_is_not_deleted_but_taken_off(self):
		doc = self.live()
		ticket = self.ticket()
		tagging.tag_new(doc)
		with self.assertRaisesRegex(frappe.ValidationError, "Take it off"):
			kit.as_user(
				self.world.manager, frappe.delete_doc, "CX Initiative Ticket", self.tag_of(ticket).name
			)

	def test_the_dialog_shows_what_was_taken_off_as_free(self):
		from cx_desk.units.dialog import open_ticket

		doc = self.live()
		ticket = self.ticket()
		tagging.tag_new(doc)
		shown = lambda: dialog.section(open_ticket(ticket, "Administrator"))["context"]["rows"]  # noqa: E731
		self.assertEqual([row.tag.tagged_by for row in shown() if row.name == self.name], ["Words"])
		tagging.untag(self.name, ticket)
		self.assertEqual([row.tag for row in shown() if row.name == self.name], [None])

	def test_exit_criteria_come_from_the_template_and_are_signed(self):
		doc = frappe.get_doc("CX Initiative", self.name)
		self.assertEqual(len(doc.exits), 2)
		doc.exits[0].signed = 1
		with self.assertRaisesRegex(frappe.ValidationError, "not live yet"):
			doc.save()
		doc = self.live()
		self.assertIn("Users can do their work with it", " ".join(support.why_not(doc)))
		doc.exits[0].signed = 1
		kit.as_user(self.world.manager, doc.save)
		row = frappe.get_doc("CX Initiative", self.name).exits[0]
		self.assertEqual(
			(row.signed_by, row.signed_on), (get_fullname(self.world.manager), getdate(nowdate()))
		)
		# Nobody signs in another's name, and saving again changes neither name nor day.
		doc.exits[0].signed_by = "Somebody Else"
		doc.save()
		self.assertEqual(doc.exits[0].signed_by, get_fullname(self.world.manager))
		doc.exits = doc.exits[:1]
		with self.assertRaisesRegex(frappe.ValidationError, "agreed before go-live"):
			doc.save()
		doc.reload()
		doc.exits[1].signed = 1
		doc.save()
		self.assertNotIn("signed", " ".join(support.why_not(doc)).lower())

	def test_reopening_and_rolling_back_ask_for_every_signature_anew(self):
		doc = self.live()
		for row in doc.exits:
			row.signed = 1
		doc.save()
		frappe.db.set_value("CX Initiative", self.name, {"stage": "Handed over", "lead": self.world.lead})
		kit.as_user(self.world.lead, moving.move, self.name, "Early life", key="reopen", reason="It fails.")
		self.assertFalse(any(row.signed for row in frappe.get_doc("CX Initiative", self.name).exits))

	def test_support_without_an_end_is_refused(self):
		template = frappe.get_doc("CX Initiative Template", "Small change")
		template.exits = []
		with self.assertRaisesRegex(frappe.ValidationError, "by what may it end"):
			template.save()
		doc = frappe.get_doc("CX Initiative", self.name)
		doc.exits = []
		doc.support_users = 250
		doc.save()
		known = facts.facts_of(doc, frozenset({"manager"}))
		self.assertFalse(known.support_agreed)
		self.assertEqual(
			[row["criterion"] for row in templates.read_plan(doc)["exits"]][:1],
			["Users can do their work with it"],
		)

	def test_taken_up_again_after_a_pause_it_is_no_new_request(self):
		kit.hand_in(self.name)
		asked = add_days(now_datetime(), -6)
		frappe.db.set_value("CX Initiative", self.name, "submitted_at", asked)
		kit.as_user(
			self.world.manager,
			moving.move,
			self.name,
			"Deferred",
			reason="No budget.",
			review_date=kit.in_days(9),
			message="Next month, Hanna.",
		)
		first = frappe.db.get_value("CX Initiative", self.name, "first_answer_at")
		kit.as_user(self.world.manager, moving.move, self.name, "Submitted", reason="There is budget.")
		doc = frappe.get_doc("CX Initiative", self.name)
		self.assertEqual((doc.submitted_at, doc.first_answer_at), (asked, first))
