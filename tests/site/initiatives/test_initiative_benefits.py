"""Benefits: owned by somebody who said yes, measured, handed on, and a result that two sides signed."""

import initiative_kit as kit

import frappe
from frappe.model.document import Document
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, nowdate

from cx_desk.api import initiatives as api
from cx_desk.initiatives import benefits, facts, page, page_actions

OTHER = "olga@initiativetest.example"


class TestBenefits(FrappeTestCase):
	def setUp(self):
		self.world = kit.World()
		kit.without_commits(self)
		frappe.db.savepoint("cx_case")
		self.name = kit.start(self.world)
		kit.hand_in(self.name)

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback(save_point="cx_case")

	def benefit(self, **values):
		return frappe.get_doc(
			{
				"doctype": "CX Benefit",
				"initiative": self.name,
				"title": "Time for a leave request",
				"owner_name": "Sven Sponsor",
				"owner_email": kit.SPONSOR,
				"measure": "Minutes",
				"better": "Lower",
				"baseline": 18,
				"target": 12,
				"baseline_on": add_days(nowdate(), -30),
				"baseline_source": "Stop watch, 20 requests",
				"review_on": add_days(nowdate(), 30),
				**values,
			}
		)

	def act(self, who, action, **given):
		return page_actions.act(kit.link(self.name, who), action, given)

	def step(self, user, benefit, key, **given):
		kit.as_user(user, api.step_benefit, benefit.name, key, **given)
		benefit.reload()

	def refused(self, part, run, *args, **kwargs):
		saved = getattr(run, "__self__", None)
		modified = saved.get("modified") if isinstance(saved, Document) else None
		with self.assertRaises(frappe.ValidationError) as caught:
			run(*args, **kwargs)
		if modified:
			# In a browser the form keeps the time of what it loaded.
			saved.modified = modified
		self.assertIn(part.lower(), str(caught.exception).lower())

	def test_baseline_target_and_readings(self):
		benefit = self.benefit(target=18)
		self.refused("same", benefit.insert)
		benefit.target = 24
		self.refused("other side", benefit.insert)
		benefit.target = 12
		benefit.insert()
		self.assertEqual(benefit.state, "Identified")
		benefit.append("readings", {"read_on": add_days(nowdate(), -40), "value": 14, "source": "x"})
		self.refused("nobody in the business owns it", benefit.save)
		self.assertFalse(self.act(kit.SPONSOR, "own", benefit=benefit.name).problems)
		benefit.reload()
		self.assertEqual(
			(benefit.state, benefit.accepted_how), ("Baselined", "On their page, by Sven Sponsor")
		)
		row = benefit.append("readings", {"read_on": add_days(nowdate(), -40), "value": 14, "source": "x"})
		self.refused("before the baseline", benefit.save)
		row.read_on = add_days(nowdate(), -1)
		benefit.save()
		self.assertEqual((benefit.attainment, benefit.state), (66.7, "Tracking"))

	def test_nothing_is_read_before_it_is_agreed_what_it_is_held_against(self):
		benefit = self.benefit(review_on=None).insert()
		self.step(self.world.manager, benefit, "accept", note="On the phone, today.")
		shown = page.show(kit.link(self.name, kit.SPONSOR)).initiative
		# Who owns it is not asked for what the lead still has to say.
		self.assertEqual(shown.readings, [])
		problems = self.act(kit.SPONSOR, "read", benefit=benefit.name, value="14", source="Count").problems
		self.assertIn("on which day it is judged", problems[0])

	def test_the_owner_is_of_the_business_and_says_yes_or_no(self):
		self.refused("owned in the business", self.benefit(owner_email=self.world.lead).insert)
		benefit = self.benefit().insert()
		shown = page.show(kit.link(self.name, kit.SPONSOR)).initiative
		self.assertEqual([row.title for row in shown.to_own], ["Time for a leave request"])
		self.assertEqual(page.show(kit.link(self.name)).initiative.to_own, [])
		self.assertTrue(self.act(kit.CONTACT, "own", benefit=benefit.name).problems)
		self.assertIn("Say why", self.act(kit.SPONSOR, "disown", benefit=benefit.name).problems[0])
		self.assertFalse(self.act(kit.SPONSOR, "disown", benefit=benefit.name, text="Ask Olga.").problems)
		benefit.reload()
		self.assertEqual((benefit.owner_name, benefit.state), (None, "Identified"))
		self.assertIn("Ask Olga.", [row.note for row in benefit.steps])

	def test_building_waits_for_an_owner_who_said_yes_and_a_plan_for_the_baseline(self):
		benefit = self.benefit(baseline_on=None, baseline=0, baseline_source=None).insert()
		self.assertIn("has not accepted", facts_of(self.name).benefits_waiting[0])
		self.act(kit.SPONSOR, "own", benefit=benefit.name)
		self.assertIn("how its baseline", facts_of(self.name).benefits_waiting[0])
		benefit.reload()
		benefit.baseline_plan = "Twenty requests with a stop watch in March."
		benefit.save()
		self.assertTrue(facts_of(self.name).benefits_owned)

	def test_it_is_handed_on_only_to_who_accepts(self):
		benefit = self.benefit().insert()
		self.act(kit.SPONSOR, "own", benefit=benefit.name)
		benefit.reload()
		benefit.owner_name = "Somebody else"
		self.refused("has accepted it", benefit.save)
		problems = self.act(kit.SPONSOR, "hand_on", benefit=benefit.name, name="Olga", email="x", text="y")
		self.assertIn("no mail address", problems.problems[0])
		given = {"benefit": benefit.name, "name": "Olga Owner", "email": OTHER, "text": "Olga runs it now."}
		self.assertTrue(self.act(kit.CONTACT, "hand_on", **given).problems)
		self.assertFalse(self.act(kit.SPONSOR, "hand_on", **given).problems)
		benefit.reload()
		self.assertEqual((benefit.owner_name, benefit.next_owner_email), ("Sven Sponsor", OTHER))
		self.assertFalse(self.act(OTHER, "own", benefit=benefit.name).problems)
		benefit.reload()
		self.assertEqual(
			(benefit.owner_name, benefit.owner_email, benefit.next_owner_email), ("Olga Owner", OTHER, None)
		)
		self.assertIn("Olga runs it now.", [row.note for row in benefit.steps])
		told = frappe.get_all("Notification Log", {"document_name": self.name}, pluck="subject")
		for part in ("Sven Sponsor accepts", "to Olga Owner: Olga runs it now.", "Olga Owner accepts"):
			self.assertTrue([line for line in told if part in line], (part, told))
		self.assertTrue(self.act(kit.SPONSOR, "read", benefit=benefit.name, value="14", source="x").problems)

	def judged(self, readings=(14, 12)):
		"""A benefit whose day of review has come, with readings of its owner."""
		benefit = self.benefit(review_on=nowdate()).insert()
		self.act(kit.SPONSOR, "own", benefit=benefit.name)
		benefit.reload()
		for days, value in enumerate(reversed(readings), 1):
			row = {
				"read_on": add_days(nowdate(), -days),
				"value": value,
				"source": "Count",
				"by": "Sven Sponsor",
			}
			benefit.append("readings", row)
		benefit.save()
		return benefit

	def test_a_result_stands_with_the_second_signature(self):
		benefit = self.judged()
		self.assertEqual((benefit.result, benefit.state), ("Realised", "Tracking"))
		told = frappe.get_all("Notification Log", {"document_name": self.name}, pluck="subject")
		self.assertTrue([line for line in told if "Countersign" in line], told)
		self.assertIn("countersigns", benefits.unfinished(benefits.of(self.name))[0])
		self.refused("liaison of the unit", self.step, self.lead(), benefit, "countersign")
		self.step(self.world.manager, benefit, "countersign")
		self.assertEqual((benefit.state, benefit.countersigned_by != ""), ("Realised", True))
		self.assertEqual(benefits.unfinished(benefits.of(self.name)), ())
		# What was signed was the old figure.
		benefit.append(
			"readings", {"read_on": nowdate(), "value": 17, "source": "Count", "by": "Sven Sponsor"}
		)
		benefit.save()
		self.assertEqual(
			(benefit.result, benefit.state, benefit.countersigned_by), ("Partly", "Tracking", None)
		)

	def lead(self):
		"""The lead, who may change the benefit and is not the liaison of its unit."""
		frappe.db.set_value("CX Initiative", self.name, "lead", self.world.outsider)
		return self.world.outsider

	def test_who_noted_the_newest_reading_does_not_sign(self):
		benefit = self.judged()
		newest = max(benefit.readings, key=lambda row: str(row.read_on))
		newest.by = frappe.utils.get_fullname(self.world.manager)
		benefit.save()
		self.refused("yourself", self.step, self.world.manager, benefit, "countersign")

	def test_a_form_signs_nothing(self):
		benefit = self.benefit(accepted_at="2026-01-01 10:00:00", countersigned_by="Me").insert()
		self.assertEqual((benefit.accepted_at, benefit.countersigned_by), (None, None))
		benefit.update({"accepted_at": "2026-01-01 10:00:00", "cancel_reason": "No.", "result": "Realised"})
		benefit.save()
		self.assertEqual(
			(benefit.accepted_at, benefit.cancel_reason, benefit.result or "", benefit.state),
			(None, None, "", "Identified"),
		)

	def test_given_up_with_a_reason_by_the_sponsor(self):
		benefit = self.benefit().insert()
		self.assertTrue(self.act(kit.SPONSOR, "give_up", benefit=benefit.name).problems)
		self.assertFalse(self.act(kit.SPONSOR, "give_up", benefit=benefit.name, text="Paper stays.").problems)
		benefit.reload()
		self.assertEqual((benefit.state, benefit.cancel_reason), ("Cancelled", "Paper stays."))
		self.assertEqual(page.show(kit.link(self.name)).initiative.benefits, [])

	def test_benefits_from_before_owners_were_asked(self):
		from cx_desk.patches import benefits_were_accepted as patch

		before = {}
		for state in ("Owned", "Tracking", "Realised"):
			doc = self.benefit(title=f"Was {state}").insert()
			frappe.db.set_value("CX Benefit", doc.name, "state", state)
			before[state] = doc.name
		patch.execute()
		patch.execute()
		fields = ["state", "accepted_at", "result", "countersigned_at"]
		found = {
			state: frappe.db.get_value("CX Benefit", name, fields, as_dict=True)
			for state, name in before.items()
		}
		self.assertEqual((found["Owned"].state, found["Owned"].accepted_at), ("Identified", None))
		self.assertTrue(found["Tracking"].accepted_at)
		self.assertFalse(found["Tracking"].countersigned_at)
		self.assertEqual((found["Realised"].state, found["Realised"].result), ("Realised", "Realised"))
		self.assertTrue(found["Realised"].countersigned_at)

	def test_another_initiatives_page_touches_nothing(self):
		other = kit.start(self.world, title="Another")
		kit.hand_in(other)
		benefit = self.benefit(initiative=other).insert()
		self.assertTrue(self.act(kit.SPONSOR, "own", benefit=benefit.name).problems)
		self.assertTrue(self.act(kit.SPONSOR, "give_up", benefit=benefit.name, text="x").problems)


def facts_of(name: str):
	return facts.facts_of(frappe.get_doc("CX Initiative", name), frozenset())
