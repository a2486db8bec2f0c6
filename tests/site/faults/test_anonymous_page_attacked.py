"""The page behind a one-time code over HTTP: looked at, guessed, posted to, broken; and what the other new pages say."""

import html
import re
import sys
from pathlib import Path
from unittest.mock import patch

import anonymous_kit
import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase

sys.path.insert(0, str(Path(__file__).parent))
from test_pages_attacked import HOSTILE

from cx_desk.core import ledger
from cx_desk.surveys import anonymous, anonymous_page, answering, versions

UNKNOWN = "x" * 32
PAGES = (f"/cx/n/en.{UNKNOWN}", f"/cx/n/{UNKNOWN}", f"/cx/s/{UNKNOWN}", f"/cx/m/{UNKNOWN}")


class TestAnonymousPageAttacked(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		anonymous_kit.sweep()
		kit.switch_on(cooldown_days=0, yearly_budget=0)
		anonymous_kit.units()
		anonymous_kit.survey()
		self.rows = anonymous_kit.ask({"Surveytest Big": 12})
		self.tokens = [anonymous_kit.token_of(row) for row in self.rows]
		version = versions.load(versions.current(anonymous_kit.SURVEY))
		self.field = f"q_{version['questions'][0]['key']}"
		frappe.db.commit()
		kit.clear_counters()

	def tearDown(self):
		anonymous_kit.sweep()

	def get(self, token, method="GET"):
		return kit.http(method, f"/cx/n/{token}")

	def post(self, token, score="3", **values):
		"""Post the form of a link as a person does who has read it."""
		row = anonymous_page._find(token) or frappe._dict(name="gone")
		stamp = answering.make_stamp(row, None, 1)
		return kit.http(
			"POST", f"/cx/n/{token}", data={"stamp": stamp, self.field: score, "gestures": "3", **values}
		)

	def state(self):
		frappe.db.rollback()
		tables = frappe.db.sql(
			"select table_name from information_schema.tables where table_schema = database() and"
			" table_type = 'BASE TABLE'",
			pluck=True,
		)
		return {table: frappe.db.sql(f"checksum table `{table}`")[0][1] for table in tables}

	def changed(self, action) -> set[str]:
		before = self.state()
		action()
		after = self.state()
		return {table for table in before if before[table] != after[table]}

	def test_looking_changes_nothing(self):
		def look():
			for token in (*self.tokens[:3], UNKNOWN):
				for method in ("GET", "HEAD"):
					self.get(token, method)
			kit.http("GET", f"/cx/n/{self.tokens[0]}?all=1")

		self.assertEqual(self.changed(look), set())

	def test_an_answer_over_http_touches_three_tables_and_no_cache(self):
		code = self.tokens[0].split(".")[1]
		self.assertEqual(
			self.changed(lambda: self.post(self.tokens[0], comment="Words")),
			{f"tab{name}" for name in (anonymous.RESPONSE, anonymous.CODE, "CX Survey Answer")},
		)
		for mark in (code, ledger.token_hash(code)[:16]):
			self.assertEqual(frappe.cache.get_keys(mark), [])
			self.assertFalse([key for key in frappe.cache.keys("*") if mark.encode() in key])

	def test_refused_alike(self):
		spent, closed = self.tokens[:2]
		self.post(spent)
		frappe.db.set_value(
			anonymous.CODE,
			ledger.token_hash(closed.split(".")[1]),
			"closes_on",
			"2020-01-01",
			update_modified=False,
		)
		frappe.db.commit()
		found = {}
		for name, token in {
			"spent": spent,
			"closed": closed,
			"unknown": f"en.{UNKNOWN}",
			"short": "en.a",
		}.items():
			answer = self.get(token)
			found[name] = (answer.status_code, answer.get_data(as_text=True).replace(token, ""))
		self.assertEqual({status for status, _text in found.values()}, {404})
		self.assertEqual(len({text for _status, text in found.values()}), 1)
		self.assertIn("works once", found["spent"][1])
		self.assertEqual(self.post(spent).status_code, 404)

	def test_guessing_is_slowed_down_by_address(self):
		statuses = {self.get(f"en.{UNKNOWN[:-2]}{number:02}").status_code for number in range(70)}
		self.assertEqual(statuses, {404, 429})

	def test_hostile_words_are_text(self):
		self.post(self.tokens[0], comment=HOSTILE)
		frappe.db.rollback()
		(comment,) = frappe.get_all(anonymous.RESPONSE, pluck="comment")
		self.assertNotIn("<script", comment)
		bad = kit.http("POST", f"/cx/n/{self.tokens[1]}", data={self.field: "<b>", "comment": HOSTILE})
		self.assertEqual(bad.status_code, 422)
		page = bad.get_data(as_text=True)
		self.assertNotIn("<script>alert", page)
		self.assertIn(html.escape("<script>alert(1)</script>"), page)

	def test_an_error_is_logged_without_a_word_of_the_request(self):
		frappe.db.delete("Error Log")
		frappe.db.commit()
		with patch.object(anonymous_page, "record", side_effect=ValueError("Words")):
			answer = self.post(self.tokens[0], comment="Words")
		self.assertEqual(answer.status_code, 429)
		self.assertNotIn("Traceback", answer.get_data(as_text=True))
		frappe.db.rollback()
		self.assertEqual(frappe.get_all("Error Log", fields=["error"]), [])
		self.assertEqual(frappe.db.count(anonymous.CODE), 12, "the code is not spent")

	def test_headers_and_weight(self):
		for path in (*PAGES, f"/cx/n/{self.tokens[0]}", "/cx/mine"):
			answer = kit.http("GET", path)
			self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer", path)
			self.assertEqual(answer.headers["Cache-Control"], "no-store", path)
			self.assertIn("noindex", answer.headers["X-Robots-Tag"], path)
			page = answer.get_data(as_text=True)
			self.assertLess(len(page.encode()), 30 * 1024, path)
			self.assertIsNone(re.search(r"""(src|href)=["'](https?:)?//""", page), path)

	def test_unknown_links_of_the_new_pages(self):
		for path in PAGES:
			kit.clear_counters()
			answer = kit.http("GET", path)
			self.assertEqual(answer.status_code, 404, path)
			self.assertNotIn(UNKNOWN, re.sub(r'action="[^"]*"', "", answer.get_data(as_text=True)), path)
