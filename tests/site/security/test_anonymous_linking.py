"""Whoever reads the whole database and the web server's log links no anonymous answer to a person.

The attacker knows every row of every table, the moment of every request and who made it, and everything that the
ledger says of who was asked. He links an answer where only one person can have given it. With any one protection
taken away he succeeds.
"""

import itertools
import re
import sys
import time
from collections import Counter
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import now_datetime

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import anonymous_kit

from cx_desk.core import anonymity, ledger, suppression
from cx_desk.surveys import anonymous, anonymous_page, triggers
from cx_desk.www.cx import anonymous as page_module

CROWD, SOLO, LONE, FEW = "Surveytest Crowd", "Surveytest Solo", "Surveytest Lone", "Surveytest Few"
ASKED = {CROWD: 14, SOLO: 12, LONE: 1, FEW: 9}
# How many of each unit answer. Of Solo and of the pool of Lone and Few one person each.
ANSWER = {CROWD: 9, SOLO: 1, LONE: 1}
OWN = (anonymous.RESPONSE, "CX Survey Answer")


class Attacker:
	"""Reads a dump of the database. log: (first moment, last moment, person) of each request that answered."""

	def __init__(self, log, people):
		self.log, self.people = log, people
		self.responses = self.table(anonymous.RESPONSE)
		self.answers = [row for row in self.table("CX Survey Answer") if row.parenttype == anonymous.RESPONSE]
		self.asked = [row for row in self.table(anonymous.LEDGER) if row.survey == anonymous_kit.SURVEY]

	def table(self, doctype):
		return frappe.db.sql(f"select * from `tab{doctype}`", as_dict=True)

	def links(self) -> dict[str, set[str]]:
		"""Response to the ways in which it was linked to exactly the right person."""
		found: dict[str, set[str]] = {}
		for way in (self.by_columns, self.by_order, self.by_time, self.by_traces, self.by_elimination):
			for response, person in way():
				found.setdefault(response, set()).add(f"{way.__name__}: {person}")
		return found

	def by_columns(self):
		"""A value in the rows of an answer that names a person, or the name of an answer in anybody's row."""
		for person, known in self.people.items():
			for row in (*self.responses, *self.answers):
				values = " ".join(str(value) for value in row.values())
				if any(mark and mark in values for mark in known):
					yield row.get("parent") or row.name, person

	def by_order(self):
		"""Names that ascend as the requests did."""
		order = [person for _start, _end, person in self.log]
		names = sorted(row.name for row in self.responses)
		scores = {row.name: row.comment for row in self.responses}
		# He knows how it went for somebody: his own people answered first, in the middle and last.
		if [scores[name] for name in names] == [f"Words of {person}" for person in order]:
			yield from zip(names, order, strict=True)

	def by_time(self):
		"""A moment in the rows of an answer, or in a count that only this answer can have changed."""
		for row in (*self.responses, *self.answers):
			for value in row.values():
				yield from self.at(row.get("parent") or row.name, value)
		for row in self.table("CX Score Rollup"):
			fitting = [
				response.name
				for response in self.responses
				if (response.unit or "") == row.unit and response.score == row.score
			]
			if row.survey == anonymous_kit.SURVEY and row.measure == "Answer" and len(fitting) == 1:
				yield from self.at(fitting[0], row.modified)

	def by_traces(self):
		"""The words of an answer anywhere else in the database, in a row with a moment."""
		words = {row.comment: row.name for row in self.responses}
		for table, columns in self.everything():
			for row in frappe.db.sql(
				f"select * from `{table}` where concat_ws(' ', {columns}) like '%%Words of %%'", as_dict=True
			):
				text = " ".join(str(value) for value in row.values())
				for comment, name in words.items():
					if comment in text:
						for value in row.values():
							yield from self.at(name, value)

	def everything(self):
		texts: dict[str, list[str]] = {}
		for table, column in frappe.db.sql(
			"""select c.table_name, c.column_name from information_schema.columns c
			join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
			where c.table_schema = database() and t.table_type = 'BASE TABLE' and c.data_type in
			('varchar', 'text', 'longtext', 'mediumtext', 'json')"""
		):
			if table.removeprefix("tab") not in OWN:
				texts.setdefault(table, []).append(f"`{column}`")
		return [(table, ", ".join(columns)) for table, columns in texts.items()]

	def by_elimination(self):
		"""The only person asked in the group of an answer, or the only one there who can have answered."""
		groups = anonymity.groups(Counter(row.unit for row in self.asked), anonymous._parents())
		answered = self.who_answered()
		for response in self.responses:
			candidates = {row.recipient for row in self.asked if self.may_be(row.unit, response.unit, groups)}
			if answered is not None:
				candidates &= answered
			if len(candidates) == 1:
				yield response.name, candidates.pop()

	def may_be(self, unit, group, groups):
		own = groups[unit] or anonymous._top()
		# Where answers bear their own unit, that says it.
		return unit == group if group in (LONE, FEW) else own == group

	def who_answered(self) -> set[str] | None:
		"""Everybody of whom the database says that they answered, None where it says it of nobody."""
		marked = {row.recipient for row in self.asked if row.status == ledger.ANSWERED or row.answered_at}
		if marked:
			return marked
		left = {row.name: row for row in self.table(anonymous.CODE)}
		known, spent = False, set()
		for row in self.asked:
			message = frappe.db.get_value("Email Queue", row.email_queue, "message") or ""
			text = message.replace("=\r\n", "").replace("=\n", "")
			for code in re.findall(r"/cx/n/en\.([A-Za-z0-9_-]{32})", text):
				known = True
				if ledger.token_hash(code) not in left:
					spent.add(row.recipient)
				break
		if known:
			return spent
		# Codes that name their unit: units of which all codes are there, or none.
		named = Counter(row.unit_mark for row in left.values())
		sizes = Counter(row.unit for row in self.asked)
		if not set(named) <= set(sizes):
			return None
		return {row.recipient for row in self.asked if named[row.unit] < sizes[row.unit]}

	def at(self, response, value):
		if not isinstance(value, datetime):
			return
		fitting = {person for start, end, person in self.log if start <= value <= end}
		if len(fitting) == 1:
			yield response, fitting.pop()


class TestAnonymousLinking(FrappeTestCase):
	@classmethod
	def setUpClass(cls):
		super().setUpClass()
		anonymous_kit.sweep()

	@classmethod
	def tearDownClass(cls):
		anonymous_kit.sweep()
		super().tearDownClass()

	def setUp(self):
		kit.switch_on(cooldown_days=0, yearly_budget=0)
		kit.empty()
		for doctype in (anonymous.RESPONSE, anonymous.CODE, "Error Log"):
			frappe.db.delete(doctype)
		with patch.object(anonymous_kit, "UNITS", ASKED):
			anonymous_kit.units()
		anonymous_kit.survey()

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback()
		frappe.clear_document_cache("CX Survey", anonymous_kit.SURVEY)
		triggers.forget()

	def attack(self, *, ask=(), answer=(), after=None, forget=True, as_person=False) -> dict[str, set[str]]:
		"""Ask, answer and attack with some protections taken away while asking and while answering."""
		with ExitStack() as stack:
			for protection in ask:
				stack.enter_context(protection)
			rows = anonymous_kit.ask(ASKED)
		# In the order of chance that people have.
		by_unit = {unit: [row for row in rows if row.unit == unit][:count] for unit, count in ANSWER.items()}
		people = [row for group in itertools.zip_longest(*by_unit.values()) for row in group if row]
		people.sort(key=lambda row: ledger.token_hash(row.recipient))
		tokens = {row.name: anonymous_kit.token_of(row) for row in rows}
		frappe.db.set_value(
			"Email Queue", {"name": ["in", [row.email_queue for row in rows]]}, "status", "Sent"
		)
		if forget:
			anonymous.forget_codes()
		log = []
		with ExitStack() as stack:
			for protection in answer:
				stack.enter_context(protection)
			for number, row in enumerate(people):
				time.sleep(0.005)
				start = now_datetime()
				if as_person:
					frappe.set_user(self.user_of(row))
				anonymous_kit.answer(tokens[row.name], 1 + number % 5, f"Words of {row.recipient}")
				if after:
					after(row)
				frappe.set_user("Administrator")
				log.append((start, now_datetime() + timedelta(milliseconds=1), row.recipient))
		known = {
			row.recipient: {
				row.name,
				row.recipient,
				row.respondent_key,
				row.contact,
				row.email_queue,
				tokens[row.name],
			}
			for row in rows
		}
		time.sleep(0.01)
		anonymous.nightly()
		attacker = Attacker(log, {person: self.without_words(marks) for person, marks in known.items()})
		self.assertEqual(len(attacker.responses), len(people))
		truth = {row.name: row.comment.removeprefix("Words of ") for row in attacker.responses}
		found = attacker.links()
		for response, ways in found.items():
			for way in ways:
				self.assertIn(
					truth[response], way, "the attacker is sure, and wrong: the attack is badly made"
				)
		return found

	def without_words(self, marks):
		# The test's own words name the person, so that the truth is known; the attacker may not use them.
		return {mark for mark in marks if mark and "@" not in mark}

	def user_of(self, row):
		if not frappe.db.exists("User", row.recipient):
			frappe.get_doc(
				{"doctype": "User", "email": row.recipient, "first_name": "Anon", "send_welcome_email": 0}
			).insert(ignore_permissions=True)
		return row.recipient

	def test_nothing_is_linked(self):
		self.assertEqual(self.attack(as_person=True), {})

	def test_an_answer_touches_three_tables_and_no_other(self):
		rows = anonymous_kit.ask(ASKED)
		token = anonymous_kit.token_of(rows[0])
		frappe.db.commit = lambda: None
		try:
			before = self.sizes()
			anonymous_kit.answer(token, 3, "Words")
			after = self.sizes()
		finally:
			del frappe.db.commit
		changed = {table for table in before if before[table] != after[table]}
		self.assertEqual(changed, {f"tab{name}" for name in (*OWN, anonymous.CODE)})

	def sizes(self):
		tables = frappe.db.sql(
			"select table_name from information_schema.tables where table_schema = database() and"
			" table_type = 'BASE TABLE'",
			pluck=True,
		)
		return {table: frappe.db.sql(f"checksum table `{table}`")[0][1] for table in tables}

	def test_the_tables_number_nothing(self):
		numbered = frappe.db.sql(
			"""select table_name from information_schema.columns where table_schema = database()
			and extra like '%auto_increment%' and table_name like 'tabCX %'"""
		)
		self.assertFalse(numbered, "a number that grows is an order")

	# Each protection taken away in turn.

	def assertLinked(self, found, way):
		self.assertTrue([one for ways in found.values() for one in ways if one.startswith(way)], found)

	def test_without_names_of_chance(self):
		count = itertools.count()
		names = patch.object(anonymous_page.uuid, "uuid4", lambda: f"{next(count):036}")
		self.assertLinked(self.attack(answer=[names]), "by_order")

	def common(self, **values):
		real = anonymous_page._common
		return patch.object(
			anonymous_page,
			"_common",
			lambda period: real(period) | {name: value() for name, value in values.items()},
		)

	def test_without_dating_to_the_month(self):
		self.assertLinked(self.attack(answer=[self.common(creation=now_datetime)]), "by_time")
		self.tearDown()
		self.setUp()
		self.assertLinked(self.attack(answer=[self.common(modified=now_datetime)]), "by_time")

	def test_without_administrator_as_owner(self):
		owner = self.common(owner=lambda: ledger.address_key(frappe.session.user))
		self.assertLinked(self.attack(answer=[owner], as_person=True), "by_columns")

	def test_without_groups(self):
		alone = patch.object(anonymous, "group_of", lambda unit, survey, period: unit)
		self.assertLinked(self.attack(answer=[alone]), "by_elimination")

	def test_without_forgetting_the_mails(self):
		self.assertLinked(self.attack(forget=False), "by_elimination")

	def test_with_codes_that_name_their_unit(self):
		named = patch.object(anonymous, "mark_of", lambda code, unit: unit or "")
		self.assertLinked(self.attack(ask=[named], answer=[named]), "by_elimination")

	def test_with_a_ledger_that_knows_who_answered(self):
		def mark(row):
			frappe.db.set_value(anonymous.LEDGER, row.name, "status", ledger.ANSWERED)

		self.assertLinked(self.attack(after=mark), "by_elimination")

	def test_with_a_link_to_the_invitation(self):
		def link(row):
			frappe.db.set_value(
				anonymous.RESPONSE, {"comment": f"Words of {row.recipient}"}, "main_type", row.name
			)

		self.assertLinked(self.attack(after=link), "by_columns")

	def test_with_counts_at_once(self):
		at_once = [patch.object(suppression, "FLOOR", 1)]
		found = self.attack(answer=at_once, after=lambda row: anonymous.count_batches())
		self.assertLinked(found, "by_time")

	def test_with_words_at_once(self):
		at_once = [
			patch.object(suppression, "FLOOR", 1),
			patch.object(suppression, "comments_shown", lambda people: True),
		]

		def nightly(row):
			anonymous.count_batches()
			anonymous.show_words()

		self.assertLinked(self.attack(answer=at_once, after=nightly), "by_traces")

	def test_with_errors_logged_as_the_host_does(self):
		"""The page logs where an error was; the host logs the form with it."""

		def break_down(row):
			form = {"comment": f"Words of {row.recipient}"}
			try:
				raise ValueError(form)
			except ValueError as error:
				if self.careful:
					page_module._log_place(error)
				else:
					frappe.log_error("page")

		self.careful = True
		self.assertEqual(self.attack(after=break_down), {})
		self.tearDown()
		self.setUp()
		self.careful = False
		self.assertLinked(self.attack(after=break_down), "by_traces")
