"""Statements whose text is made once, and counters that forget themselves."""

from unittest.mock import patch

import frappe
from frappe.tests.utils import FrappeTestCase

from cx_desk.host import limiter
from cx_desk.host.statements import bound, insert, prepared

# As hostile as a text can be for a statement that is made of parts.
TEXTS = ("%s %(name)s %%", "'; DROP TABLE x; --", "\" \\ ' `", "ünï ‹›", "")


class TestPreparedStatements(FrappeTestCase):
	def tearDown(self):
		frappe.db.rollback()

	def note(self, name, text):
		columns = ("name", "creation", "modified", "owner", "modified_by", "driver_name", "description")
		now = frappe.utils.now_datetime()
		return columns, (name, now, now, "Administrator", "Administrator", name, text)

	def test_values_stay_values(self):
		@prepared
		def read():
			driver = frappe.qb.DocType("CX Driver")
			return frappe.qb.from_(driver).select(driver.description).where(driver.name == bound("name"))

		rows = [self.note(f"prepared {number}", text) for number, text in enumerate(TEXTS)]
		insert("CX Driver", rows[0][0], [row for _columns, row in rows])
		for number, text in enumerate(TEXTS):
			self.assertEqual([row.description for row in read(name=f"prepared {number}")], [text])
			self.assertEqual(read(name=text), [])

	def test_a_row_is_what_the_hosts_insert_makes_of_it(self):
		for way in ("ours", "theirs"):
			columns, values = self.note(f"prepared {way}", "words")
			if way == "ours":
				insert("CX Driver", columns, [values])
			else:
				frappe.db.bulk_insert("CX Driver", list(columns), [values])
		ours, theirs = (
			frappe.db.get_value("CX Driver", f"prepared {way}", "*", as_dict=True)
			for way in ("ours", "theirs")
		)
		different = {field for field in ours if ours[field] != theirs[field]}
		self.assertLessEqual(different, {"name", "driver_name", "creation", "modified"})

	def test_nothing_to_insert_is_nothing(self):
		with patch.object(frappe.db, "sql") as sql:
			insert("CX Driver", ("name",), [])
		sql.assert_not_called()

	def test_the_text_is_made_once(self):
		made = []

		@prepared
		def read():
			made.append(1)
			return "SELECT %(value)s AS found"

		self.assertEqual([read(value=value)[0].found for value in (1, 2)], [1, 2])
		self.assertEqual(made, [1])


class TestLimits(FrappeTestCase):
	def setUp(self):
		self.clear()

	def tearDown(self):
		self.clear()

	def clear(self):
		for pattern in ("cx_rate:limits*", "cx_links:limits*"):
			frappe.cache.delete_keys(pattern)

	def left(self, key):
		return frappe.cache.ttl(frappe.cache.make_key(key))

	def test_a_link_and_an_address_have_their_own_counts(self):
		with patch.object(limiter, "PER_LINK", 2), patch.object(limiter, "PER_ADDRESS", 5):
			first = [limiter.allow("limits", "one", "192.0.2.1") for _number in range(3)]
			self.assertEqual(first, [True, True, False])
			other = [limiter.allow("limits", "two", "192.0.2.1") for _number in range(3)]
			self.assertEqual(other, [True, True, False])
			self.assertFalse(limiter.allow_address("limits", "192.0.2.1"))
			self.assertTrue(limiter.allow_address("limits", "192.0.2.2"))

	def test_links_that_lead_nowhere_end_it(self):
		with patch.object(limiter, "PER_ADDRESS_UNKNOWN", 1):
			limiter.note_unknown("limits", "192.0.2.3")
			self.assertTrue(limiter.allow("limits", "x", "192.0.2.3"))
			limiter.note_unknown("limits", "192.0.2.3")
			self.assertFalse(limiter.allow("limits", "x", "192.0.2.3"))

	def test_every_counter_forgets_itself(self):
		limiter.allow("limits", "one", "192.0.2.4")
		limiter.note_unknown("limits", "192.0.2.4")
		limiter.count("cx_rate:limits:other", 3, 60)
		keys = [
			f"limits:link:{limiter._short('one')}",
			"limits:address:192.0.2.4",
			"limits:unknown:192.0.2.4",
		]
		for key in keys:
			self.assertTrue(0 < self.left(f"cx_rate:{key}") <= limiter.WINDOW_SECONDS, key)
		self.assertTrue(0 < self.left("cx_rate:limits:other") <= 60)
		self.assertEqual(limiter.count("cx_rate:limits:other", 4), 7)
		# A later request does not begin the hour anew.
		self.assertTrue(0 < self.left("cx_rate:limits:other") <= 60)

	def test_what_was_seen_is_counted_together(self):
		for member in "aab":
			limiter.remember("cx_links:limits", member, 60)
		self.assertEqual(limiter.sizes("cx_links:limits", "cx_links:limits:none"), [2, 0])

	def test_without_a_cache_nobody_is_turned_away(self):
		with patch.object(type(frappe.cache), "pipeline", side_effect=ConnectionError):
			self.assertTrue(limiter.allow("limits", "one", "192.0.2.5"))
			self.assertEqual(limiter.count("cx_rate:limits:gone"), 0)
			self.assertEqual(limiter.sizes("a", "b"), [0, 0])
