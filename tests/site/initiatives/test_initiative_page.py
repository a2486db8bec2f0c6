"""The business's page as it is drawn: every view and every block of it, through the host's own way to a page."""

import html

import initiative_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, nowdate, set_request
from frappe.website.serve import get_response

from cx_desk.initiatives import considerations, gates, moving, page_actions, people, questions

OTHER = "olga@initiativetest.example"


class TestPage(FrappeTestCase):
	def setUp(self):
		self.world = kit.World()
		kit.without_commits(self)
		frappe.db.savepoint("cx_case")
		self.name = kit.start(self.world, "New application")

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.local.form_dict = frappe._dict()
		frappe.db.rollback(save_point="cx_case")

	def seen(self, email=kit.CONTACT, name=None) -> str:
		"""What somebody sees behind their link."""
		token = people.token_for(name or self.name, email)
		frappe.local.form_dict = frappe._dict()
		frappe.set_user("Guest")
		set_request(method="GET", path=f"/cx/i/{token}")
		try:
			response = get_response()
		finally:
			frappe.set_user("Administrator")
		text = html.unescape(response.get_data(as_text=True))
		self.assertEqual(response.status_code, 200, text[-1500:])
		return text

	def ask(self, email=kit.CONTACT, **values) -> str:
		return (
			frappe.get_doc(
				{
					"doctype": "CX Open Question",
					"initiative": self.name,
					"question": f"How many gates does {email} guard?",
					"audience": "Business",
					"addressee_email": email,
					"due": kit.in_days(5),
					**values,
				}
			)
			.insert()
			.name
		)

	def test_a_draft_and_what_is_still_missing(self):
		self.assertIn("What do you want?", self.seen())
		# Everything at once, not one thing after the other.
		problems = page_actions.act(kit.link(self.name), "submit", {"title": "", "outcome": ""}).problems
		self.assertEqual(len(problems), 3, problems)
		given = {"title": "Portal", "outcome": "Leave in one place.", "sponsor_is_me": "1"}
		self.assertFalse(page_actions.act(kit.link(self.name), "submit", given).problems)
		doc = frappe.get_doc("CX Initiative", self.name)
		self.assertEqual((doc.sponsor_name, doc.sponsor_email), ("Hanna Hr", kit.CONTACT))

	def test_questions_to_me_and_to_others_and_their_answers(self):
		kit.hand_in(self.name)
		mine, _theirs = self.ask(), self.ask(OTHER)
		text = self.seen()
		self.assertIn("Your turn", text)
		self.assertIn("Waiting for others in the business", text)
		questions.answer(mine, "Four <b>gates</b>.", by="Hanna Hr", email=kit.CONTACT)
		text = self.seen()
		self.assertIn("Answered, and not asked again", text)
		self.assertIn("Four <b>gates</b>.", text)

	def test_on_hold_nothing_is_late_and_once_over_nothing_is_asked(self):
		kit.hand_in(self.name)
		kit.take(self.world, self.name)
		question = self.ask()
		frappe.db.set_value("CX Open Question", question, "due", kit.in_days(-3))
		self.assertIn("It was needed by", self.seen())
		hold = {"key": "hold", "reason": "Year end.", "review_date": kit.in_days(30)}
		kit.as_user(self.world.manager, moving.move, self.name, "On hold", **hold)
		text = self.seen()
		self.assertIn("there is no hurry", text)
		self.assertIn("Year end.", text)
		kit.as_user(
			self.world.manager, moving.move, self.name, "Withdrawn", key="withdraw", reason="No money."
		)
		self.assertNotIn("What is asked of you", self.seen())

	def test_the_sponsor_lets_it_rest_and_who_asks_does_not(self):
		kit.hand_in(self.name)
		kit.take(self.world, self.name)
		self.assertIn("Let it rest", self.seen(kit.SPONSOR))
		self.assertNotIn("Let it rest", self.seen())
		given = {"text": "Year end.", "until": kit.in_days(20)}
		self.assertTrue(page_actions.act(kit.link(self.name), "hold", given).problems)
		for wrong, part in (
			({**given, "text": ""}, "Say why"),
			({"text": "x", "until": "soon"}, "is no day"),
		):
			problems = page_actions.act(kit.link(self.name, kit.SPONSOR), "hold", wrong).problems
			self.assertIn(part, problems[0])
		self.assertFalse(page_actions.act(kit.link(self.name, kit.SPONSOR), "hold", given).problems)
		self.assertIn("On hold", self.seen(kit.SPONSOR))
		told = frappe.get_all(
			"Notification Log", {"document_name": self.name, "for_user": self.world.lead}, pluck="subject"
		)
		self.assertIn("Sven Sponsor decided: “HR self-service portal” is now “On hold”.", told)

	def test_the_sponsor_sees_advice_conditions_and_an_approver_may_say_yes(self):
		kit.hand_in(self.name)
		kit.take(self.world, self.name)
		kit.as_user(self.world.lead, moving.move, self.name, "Assessing")
		for row in considerations.of(self.name):
			if row.mandatory:
				doc = frappe.get_doc("CX Consideration", row.name)
				doc.update({"verdict": "Conditions", "note": "Only inside the firm."})
				doc.save()
		kit.advise(self.world, self.name, "Approved", "Go with conditions", "Two weeks for training.")
		people.add(self.name, "Olga", OTHER, people.APPROVER)
		for email in (kit.SPONSOR, OTHER):
			text = self.seen(email)
			for part in (
				"Leave is asked for in one place",
				"250 people",
				"Do you approve it?",
				"Go with conditions",
				"Only inside the firm.",
				"Two weeks",
			):
				self.assertIn(part, text)
		self.assertNotIn("Do you approve it?", self.seen())
		self.assertTrue(page_actions.act(kit.link(self.name), "approve", {}).problems)
		self.assertFalse(page_actions.act(kit.link(self.name, OTHER), "approve", {}).problems)
		self.assertEqual(frappe.db.get_value("CX Initiative", self.name, "stage"), "Approved")

	def test_the_last_yes_before_users_and_the_benefits(self):
		small = kit.start(self.world)
		kit.hand_in(small)
		kit.take(self.world, small)
		benefit = frappe.get_doc(
			{
				"doctype": "CX Benefit",
				"initiative": small,
				"title": "Minutes for leave",
				"owner_email": kit.SPONSOR,
				"measure": "Minutes",
				"better": "Lower",
				"baseline": 18,
				"target": 12,
				"baseline_on": add_days(nowdate(), -30),
				"baseline_source": "Stop watch",
				"review_on": nowdate(),
			}
		).insert()
		self.assertIn("Do you take on this benefit", self.seen(kit.SPONSOR, small))
		page_actions.act(kit.link(small, kit.SPONSOR), "own", {"benefit": benefit.name})
		text = self.seen(kit.SPONSOR, small)
		self.assertIn("Note a figure", text)
		self.assertIn("Somebody else should own it", text)
		self.assertNotIn("Somebody else should own it", self.seen(kit.CONTACT, small))
		kit.advise(self.world, small, "In delivery")
		kit.as_user(self.world.lead, moving.move, small, "In delivery")
		kit.meet_all(small)
		self.assertIn("May it go live?", self.seen(kit.SPONSOR, small))
		gates.say_yes(small, by="Sven Sponsor")
		self.assertNotIn("May it go live?", self.seen(kit.SPONSOR, small))
		# After go-live, on the day of review, the owner is asked for the figure.
		frappe.db.set_value(
			"CX Initiative", small, {"live_at": add_days(nowdate(), -20), "stage": "Handed over"}
		)
		self.assertIn("What is it today?", self.seen(kit.SPONSOR, small))
		self.assertIn("Nothing is asked of you", self.seen(kit.CONTACT, small))
