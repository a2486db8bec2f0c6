"""Who in the desk needs to know what, who judges, and who may not: each as the person themselves."""

import initiative_kit as kit
import voice_kit

import frappe
from frappe.client import save as client_save
from frappe.tests.utils import FrappeTestCase
from frappe.utils import nowdate

from cx_desk.api import initiatives as api
from cx_desk.immersion import pathway
from cx_desk.initiatives import colours, considerations, facts, form, page, questions, skills

TEAM = "Initiativetest Security"


class TestPeople(FrappeTestCase):
	def setUp(self):
		self.world = kit.World()
		kit.without_commits(self)
		frappe.db.savepoint("cx_case")
		self.reviewer = voice_kit.user("ireviewer", "Agent")
		if not frappe.db.exists("HD Team", TEAM):
			frappe.get_doc(
				{"doctype": "HD Team", "team_name": TEAM, "users": [{"user": self.reviewer}]}
			).insert(ignore_permissions=True)
		for user in (self.reviewer, self.world.agent, self.world.outsider):
			if not frappe.db.exists("HD Agent", {"user": user}):
				agent = {"doctype": "HD Agent", "user": user, "agent_name": user, "is_active": 1}
				frappe.get_doc(agent).insert(ignore_permissions=True)
		self.name = kit.start(self.world, "New application")
		kit.hand_in(self.name)
		kit.take(self.world, self.name)

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback(save_point="cx_case")

	def refused(self, part, run, *args, **kwargs):
		doc = getattr(run, "__self__", None)
		modified = doc.get("modified") if doc else None
		with self.assertRaises((frappe.ValidationError, frappe.PermissionError)) as caught:
			run(*args, **kwargs)
		self.assertIn(part.lower(), str(caught.exception).lower())
		if doc:
			# In a browser the form keeps the time of what it loaded.
			doc.modified = modified

	def consideration(self, **values):
		name = next(row.name for row in considerations.of(self.name) if row.title == "Information security")
		doc = frappe.get_doc("CX Consideration", name)
		doc.update(values)
		doc.save()
		return name

	def test_the_reviewing_team_judges_and_asks_but_does_not_move(self):
		self.assertFalse(frappe.has_permission("CX Initiative", "read", self.name, user=self.reviewer))
		name = self.consideration(team=TEAM)
		other = next(row.name for row in considerations.of(self.name) if row.title == "Hosting arrangements")
		frappe.set_user(self.reviewer)
		self.assertTrue(frappe.has_permission("CX Initiative", "read", self.name))
		self.assertIn(self.name, frappe.get_list("CX Initiative", pluck="name"))
		self.assertFalse(frappe.has_permission("CX Initiative", "write", self.name))
		self.assertEqual(frappe.get_list("CX Consideration", {"initiative": self.name}, pluck="name"), [name])
		asked = api.ask(
			self.name,
			"Which names of applicants does the test portal keep?",
			kit.in_days(4),
			addressee_email=kit.CONTACT,
			consideration=name,
		)["name"]
		self.assertEqual(frappe.db.get_value("CX Open Question", asked, "asked_by"), self.reviewer)
		for foreign in (None, other):
			with self.assertRaises(frappe.PermissionError):
				api.ask(
					self.name,
					"Who signs the contract?",
					kit.in_days(4),
					addressee_email=kit.CONTACT,
					consideration=foreign,
				)
		doc = frappe.get_doc("CX Consideration", name)
		doc.verdict = "Cleared"
		self.refused("still open", doc.save)
		questions.answer(asked, "Names and days of leave.", email=kit.CONTACT)
		api.step_question(asked, "accept")
		doc.reload()
		doc.verdict = "Cleared"
		doc.save()
		self.assertEqual(doc.decided_by, frappe.utils.get_fullname(self.reviewer))
		with self.assertRaises(frappe.PermissionError):
			api.move(self.name, "Assessing")
		with self.assertRaises(frappe.PermissionError):
			foreign = frappe.get_doc("CX Consideration", other)
			foreign.verdict = "Cleared"
			foreign.save()

	def test_nobody_takes_over_by_writing_themselves_into_a_record(self):
		name = self.consideration()
		frappe.set_user(self.world.outsider)
		for doctype, record, values in (
			("CX Initiative", self.name, {"lead": self.world.outsider}),
			("CX Initiative", self.name, {"representative": self.world.outsider}),
			("CX Consideration", name, {"responsible": self.world.outsider, "verdict": "Cleared"}),
			("CX Consideration", name, {"unit": "Unassigned", "verdict": "Cleared"}),
		):
			with self.subTest(doctype=doctype, values=values), self.assertRaises(frappe.PermissionError):
				client_save({**frappe.get_doc(doctype, record).as_dict(), **values})

	def test_official_answers_are_for_everybody_who_asks_others_are_not(self):
		question = frappe.get_doc(
			{
				"doctype": "CX Open Question",
				"initiative": self.name,
				"question": "Which payroll period comes first?",
				"audience": "Business",
				"addressee_email": kit.CONTACT,
				"due": kit.in_days(5),
			}
		).insert()
		questions.answer(question.name, "May.", email=kit.CONTACT)
		ask = ("Which is the first payroll period?", None)
		self.assertEqual(kit.as_user(self.world.outsider, questions.look_alike, *ask), [])
		self.assertEqual(len(kit.as_user(self.world.lead, questions.look_alike, ask[0], self.name)), 1)
		questions.accept(question.name)
		self.assertEqual(kit.as_user(self.world.outsider, questions.look_alike, *ask)[0]["answer"], "May.")
		frappe.set_user(self.world.outsider)
		own = frappe.get_doc(
			{"doctype": "CX Initiative", "title": "Another portal", "unit": self.world.unit}
		).insert()
		taken = api.take_answer(own.name, ask[0], question.name)["name"]
		self.assertEqual(frappe.db.get_value("CX Open Question", taken, "answer"), "May.")

	def test_a_template_brings_what_the_desk_needs_to_know(self):
		for name, skills_of_it in (
			("Skilltest one", ("What it does", "Whom to call")),
			("Skilltest two", ("Whom to call",)),
		):
			template = frappe.copy_doc(frappe.get_doc("CX Initiative Template", "Small change"))
			template.update({"template_name": name, "is_default": 0, "skills": []})
			for skill in skills_of_it:
				template.append("skills", {"skill": skill, "learned_by": "Briefing"})
			template.insert()
		name = kit.start(self.world, "Skilltest one")
		doc = frappe.get_doc("CX Initiative", name)
		self.assertEqual(
			[(row.skill, row.learned_by, row.person) for row in doc.skills],
			[("What it does", "Briefing", None), ("Whom to call", "Briefing", None)],
		)
		doc.append("skills", {"skill": "Written by hand"})
		doc.skills[0].person = self.world.agent
		doc.template = "Skilltest two"
		doc.save()
		self.assertEqual(
			[row.skill for row in doc.skills],
			["What it does", "Written by hand", "Whom to call"],
			"what somebody named or wrote stays",
		)
		template = frappe.get_doc("CX Initiative Template", "Skilltest two")
		template.append("skills", {"skill": "whom to call"})
		self.refused("stands twice", template.save)

	def test_skills_have_somebody_of_the_desk_and_are_seen_before_they_are_known(self):
		doc = frappe.get_doc("CX Initiative", self.name)
		doc.set("skills", [])
		doc.append("skills", {"skill": "How access  is reset", "person": "Guest"})
		self.refused("does not work for the desk", doc.save)
		doc.skills[0].person = None
		doc.skills[0].known = 1
		self.refused("by whom", doc.save)
		doc.skills[0].person = self.world.agent
		self.refused("how one saw it", doc.save)
		doc.skills[0].known = 0
		doc.append("skills", {"skill": "how access is reset", "person": self.world.agent})
		self.refused("stands twice", doc.save)
		doc.skills = doc.skills[:1]
		doc.save()
		self.assertTrue(
			frappe.db.exists(
				"Notification Log",
				{"for_user": self.world.agent, "subject": ["like", "%How access is reset%"]},
			)
		)
		needed = [
			row
			for row in kit.as_user(self.world.agent, pathway.mine)["needed"]
			if row["initiative"] == self.name
		]
		self.assertEqual([row["skill"] for row in needed], ["How access is reset"])
		# Whoever has to know it may read what it is for, and no more.
		self.assertFalse(frappe.has_permission("CX Initiative", "read", self.name, user=self.world.outsider))
		doc.reload()
		doc.append("skills", {"skill": "Who calls at night", "person": self.world.outsider})
		doc.save()
		self.assertTrue(frappe.has_permission("CX Initiative", "read", self.name, user=self.world.outsider))
		self.assertFalse(frappe.has_permission("CX Initiative", "write", self.name, user=self.world.outsider))
		self.assertIn(
			self.name, kit.as_user(self.world.outsider, frappe.get_list, "CX Initiative", pluck="name")
		)
		doc.reload()
		doc.skills[0].update({"known": 1, "evidence": "Attendance list of Monday"})
		doc.save()
		self.assertEqual(str(doc.skills[0].known_on), nowdate())
		self.assertEqual(kit.as_user(self.world.agent, pathway.mine)["needed"], [])

	def test_what_is_not_known_shows_before_go_live_and_in_the_form(self):
		doc = frappe.get_doc("CX Initiative", self.name)
		doc.set("skills", [])
		doc.golive_date = kit.in_days(5)
		doc.append("skills", {"skill": "Whom to call at the vendor"})
		doc.append("skills", {"skill": "What it does", "person": self.world.agent, "needed_by": "2020-01-01"})
		doc.save()
		found = form.of(doc)["skills"]
		self.assertEqual(
			(found["n"], found["known"], found["nobody"]), (2, 0, ["Whom to call at the vendor"])
		)
		self.assertEqual(found["late"][0]["skill"], "What it does")
		self.assertIn("does not know yet: 2", " ".join(colours.of(doc)[1]))

	def test_who_knows_the_units_is_named_without_a_rank(self):
		for user, level in ((self.world.agent, 2), (self.world.lead, 4)):
			row = frappe.new_doc("CX Business Knowledge")
			row.update({"unit": self.world.unit, "user": user, "level": level, "freshness": 50})
			row.insert(ignore_permissions=True)
		found = skills.summary(frappe.get_doc("CX Initiative", self.name))["know_the_units"]
		self.assertEqual([row["name"] for row in found], sorted(row["name"] for row in found))
		self.assertNotIn("freshness", found[0])
		self.assertEqual(
			kit.as_user(self.world.outsider, skills.summary, frappe.get_doc("CX Initiative", self.name))[
				"know_the_units"
			],
			[],
		)

	def test_a_list_entry_of_a_reviewer_is_followed(self):
		name = self.consideration(responsible=self.reviewer)
		entry = kit.as_user(self.world.lead, considerations.open_ticket, name)
		self.assertEqual(frappe.db.get_value("ToDo", entry, "allocated_to"), self.reviewer)
		self.assertEqual(considerations.open_ticket(name), entry)
		self.assertEqual(considerations.follow_work(), 0)
		todo = frappe.get_doc("ToDo", entry)
		todo.status = "Closed"
		todo.save(ignore_permissions=True)
		self.assertEqual(considerations.follow_work(), 1)
		self.assertEqual(considerations.follow_work(), 0)
		self.assertTrue(
			frappe.db.exists(
				"Notification Log",
				{"for_user": self.world.lead, "subject": ["like", "%Information security%done%"]},
			)
		)

	def test_moves_are_refused_to_who_is_nothing_to_it(self):
		self.assertEqual(
			facts.actors_of(frappe.get_doc("CX Initiative", self.name), kit.CONTACT), frozenset()
		)

	def test_the_list_says_your_turn_only_to_who_is_asked(self):
		for address in (kit.CONTACT, kit.SPONSOR):
			if not frappe.db.exists("User", address):
				user = {"doctype": "User", "email": address, "first_name": "X", "user_type": "Website User"}
				frappe.get_doc({**user, "send_welcome_email": 0}).insert(ignore_permissions=True)
		yours = lambda user: next(  # noqa: E731
			row.yours for row in page.open_page("", "", user).rows if row.name == self.name
		)
		self.assertFalse(yours(kit.CONTACT) or yours(kit.SPONSOR))
		frappe.get_doc(
			{
				"doctype": "CX Open Question",
				"initiative": self.name,
				"question": "Which shifts of the Initiativetest work at night?",
				"audience": "Business",
				"addressee_email": kit.CONTACT,
				"due": kit.in_days(5),
			}
		).insert()
		self.assertEqual((yours(kit.CONTACT), yours(kit.SPONSOR)), (True, False))

	def test_who_asks_is_known_by_the_address(self):
		frappe.get_doc(
			{"doctype": "CX Unit Mapping", "kind": "Person", "value": kit.CONTACT, "unit": self.world.unit}
		).insert()
		found = kit.as_user(self.world.lead, api.who_asks, f" {kit.CONTACT.upper()} ")
		self.assertEqual(found, {"name": "Hanna Hr", "unit": self.world.unit})
		nobody = kit.as_user(self.world.lead, api.who_asks, "nobody@initiativetest-unknown.example")
		self.assertEqual(nobody["name"], "")
		self.assertEqual(kit.as_user(self.world.lead, api.who_asks, "no address"), {"name": "", "unit": ""})
		with self.assertRaises(frappe.PermissionError):
			kit.as_user("Guest", api.who_asks, kit.CONTACT)
