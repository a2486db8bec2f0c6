"""Who knows which unit: articles as evidence, the picture within the reader's scope, one's own pathway, nothing stored."""

import re

import visit_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, nowdate

from cx_desk.api import visits as api
from cx_desk.immersion import entries, knowledge, knowledge_cover, triage

MARK = "Knowledge picture"


class KnowledgeCase(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		self.addCleanup(frappe.set_user, "Administrator")
		self.people = kit.people()
		kit.no_visits()
		frappe.db.delete("HD Ticket", {"subject": MARK})
		for user in (self.people.agent, self.people.second):
			if not frappe.db.exists("HD Agent", {"user": user}):
				frappe.get_doc(
					{"doctype": "HD Agent", "user": user, "agent_name": user, "is_active": 1}
				).insert()

	def tickets(self, unit, count, assigned=None, days_ago=10):
		day = add_days(nowdate(), -days_ago)
		first = 950000000 + frappe.db.count("HD Ticket")
		rows = [
			(first + number, MARK, unit, day, 0, frappe.as_json([assigned] if assigned else []), day, day)
			for number in range(count)
		]
		columns = ["name", "subject", "cx_business_unit", "opening_date", "is_merged", "_assign"]
		frappe.db.bulk_insert("HD Ticket", [*columns, "creation", "modified"], rows)

	def known(self):
		knowledge.work_out()
		rows = frappe.get_all("CX Business Knowledge", {"unit": ("in", (kit.UNIT, kit.OTHER))}, ["*"])
		return {(row.unit, row.user): row for row in rows}


class TestArticles(KnowledgeCase):
	def article(self, author, category=None, status="Published"):
		doc = frappe.get_doc({"doctype": "HD Article", "title": "Gate", "content": "x", "category": category})
		doc.status = status
		doc.insert()
		frappe.db.set_value("HD Article", doc.name, "author", author)
		return doc.name

	def test_who_wrote_an_article_about_the_unit_can_brief_others(self):
		category = frappe.get_doc({"doctype": "HD Article Category", "category_name": "Gates"}).insert().name
		frappe.db.set_value("CX Business Unit", kit.UNIT, "article_category", category)
		self.article(self.people.agent, category)
		self.article(self.people.second, category, status="Draft")
		row = self.known()[kit.UNIT, self.people.agent]
		self.assertEqual((row.level, row.evidence, row.freshness), (4, "Article written", 80.0))
		self.assertNotIn((kit.UNIT, self.people.second), self.known(), "a draft is not written yet")

	def test_an_article_drafted_from_a_voice_counts_once_it_is_published(self):
		visit = kit.held(self.people.agent)
		frappe.set_user(self.people.agent)
		voice = entries.hear(visit, "knowledge-entry-0001", "Said", "How do I print at six?", "Hanna")
		point = frappe.db.get_value("CX Visit Voice", {"voice": voice})
		made = triage.decide(point, kit.driver("Waiting"), "Delay", "Article draft", reason="Printing at six")
		article = frappe.get_doc("HD Article", made["article"])
		self.assertEqual((article.status, article.title), ("Draft", "Printing at six"))
		self.assertEqual(article.author, self.people.agent)
		again = triage.decide(point, "Waiting", "Delay", "Article draft", reason="Printing at six")
		self.assertEqual(again["article"], made["article"], "one draft")
		self.assertEqual(self.known()[kit.UNIT, self.people.agent].level, 2)
		article.status = "Published"
		article.save()
		self.assertEqual(self.known()[kit.UNIT, self.people.agent].level, 4)

	def test_a_category_or_article_can_be_deleted(self):
		category = frappe.get_doc({"doctype": "HD Article Category", "category_name": "Gone"}).insert().name
		frappe.db.set_value("CX Business Unit", kit.UNIT, "article_category", category)
		frappe.delete_doc("HD Article Category", category)
		self.known()


class TestPicture(KnowledgeCase):
	def setUp(self):
		super().setUp()
		kit.visit(self.people.second, self.people.agent, type="Floor-walk", starts=kit.workday(-7))
		confirmed = kit.visit(
			self.people.agent, unit=kit.OTHER, type="Floor-walk", starts=kit.workday(-14, 15)
		)
		frappe.db.set_value("CX Visit", confirmed.name, "knows_us", 1)
		self.tickets(kit.UNIT, 12, self.people.agent)
		self.tickets(kit.OTHER, 4)
		knowledge.work_out()

	def test_units_and_people_with_level_and_freshness_and_the_same_as_text(self):
		frappe.set_user(self.people.manager)
		shown = {row["unit"]: row for row in api.who_knows()["units"]}
		self.assertIn(
			"handles their tickets (known well, Tickets handled", shown[kit.UNIT]["lines"][0]["text"]
		)
		self.assertIn("has visited them (known partly", shown[kit.UNIT]["lines"][1]["text"])
		self.assertIn("is confirmed by them (known well", shown[kit.OTHER]["lines"][0]["text"])
		svg = api.who_knows()["svg"]
		names = re.findall(r'class="person"[^>]*>([^<]+)<', svg)
		self.assertEqual(names, sorted(names, key=str.casefold))
		for line in shown[kit.UNIT]["lines"]:
			self.assertIn(frappe.utils.escape_html(line["text"]).replace("&#39;", "&#x27;"), svg)

	def test_a_liaison_sees_their_units_alone(self):
		frappe.set_user(self.people.liaison)
		self.assertEqual([row["unit"] for row in api.who_knows()["units"]], [kit.UNIT])
		self.assertNotIn(kit.OTHER, api.who_knows()["svg"])
		with self.assertRaises(frappe.PermissionError):
			api.who_knows(kit.OTHER)
		with self.assertRaises(frappe.ValidationError):
			frappe.set_user(self.people.manager)
			api.who_knows("No such unit")

	def test_agents_do_not_see_the_picture(self):
		frappe.set_user(self.people.agent)
		for door in (api.who_knows, lambda: api.what_if(self.people.second, nowdate())):
			with self.assertRaises(frappe.PermissionError):
				door()

	def test_cover_plain_and_by_tickets_worked_by_hand(self):
		rows, shares = knowledge_cover.resilient_cover()
		ours = {row["unit"]: row for row in rows}
		self.assertEqual((ours[kit.UNIT]["known"], ours[kit.UNIT]["tickets"]), ("One person", 12))
		self.assertEqual(ours[kit.OTHER]["known"], "One person")
		well = sum(row["known"] != "Nobody" for row in rows)
		self.assertAlmostEqual(shares["any"], well / len(rows))
		tickets = sum(row["tickets"] for row in rows if row["known"] != "Nobody")
		self.assertAlmostEqual(shares["any_by_tickets"], tickets / shares["tickets"])
		order = [("Nobody", "One person", "Two or more").index(row["known"]) for row in rows]
		self.assertEqual(order, sorted(order), "the barest first")

	def test_what_if_books_nothing_and_stores_nothing(self):
		frappe.set_user(self.people.manager)
		before = frappe.db.transaction_writes
		rows = api.what_if(self.people.agent, add_days(nowdate(), 3))
		self.assertEqual(frappe.db.transaction_writes, before)
		risk = next(row for row in rows if row["unit"] == kit.UNIT)
		self.assertTrue(risk["bare"])
		self.assertEqual(risk["people"], [self.people.agent, self.people.second])
		frappe.set_user(self.people.liaison)
		self.assertEqual({row["unit"] for row in api.what_if(self.people.agent, nowdate())}, {kit.UNIT})
		for user, day in ((self.people.stranger, nowdate()), (self.people.agent, "soon")):
			with self.assertRaises(frappe.ValidationError):
				api.what_if(user, day)


class TestPathway(KnowledgeCase):
	def test_each_sees_their_own_and_no_other_can_be_asked_for(self):
		kit.visit(self.people.agent, type="Floor-walk", starts=kit.workday(-7))
		self.tickets(kit.OTHER, 10, self.people.second)
		frappe.set_user(self.people.agent)
		mine = api.my_pathway()
		self.assertEqual([row["unit"] for row in mine["units"]], [kit.UNIT])
		self.assertIn("handle ten of their tickets", mine["units"][0]["fresh"])
		roles = {row["name"]: row for row in mine["roles"]}
		self.assertTrue(roles["Network"]["open"])
		self.assertEqual(roles["Business analyst"]["units"], [kit.UNIT])
		self.assertTrue(roles["Business analyst"]["step"], "one unit is not two")
		frappe.set_user(self.people.second)
		self.assertEqual([row["unit"] for row in api.my_pathway()["units"]], [kit.OTHER])
		with self.assertRaises(TypeError):
			api.my_pathway(user=self.people.agent)

	def test_only_people_of_the_desk(self):
		frappe.set_user("Guest")
		with self.assertRaises(frappe.PermissionError):
			api.my_pathway()
