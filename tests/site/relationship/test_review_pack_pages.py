"""The pack of a healthy unit and of a watermelon: every number on its pages is the API's, and the PDF holds them all."""

import io
import re

import pack_kit
from pypdf import PdfReader
from relationship_kit import RollbackCase

import frappe
from frappe.utils.pdf import get_pdf

from cx_desk.api import relationship as api


class TestReviewPackPages(RollbackCase):
	def pages(self, unit: str):
		"""The API's pack, the text of the print format, and the text of each page of the PDF."""
		review = pack_kit.make(unit)
		frappe.set_user(pack_kit.LIAISON)
		pack = api.review_pack(review)
		html = frappe.get_print("CX Conversation", review, "Service Review Pack", no_letterhead=1)
		# The site's own stylesheet cannot be fetched while no server runs; the pack carries its styles itself.
		pdf = PdfReader(io.BytesIO(get_pdf(re.sub(r"<link[^>]*>|<img[^>]*>", "", html))))
		return pack, _text(html), [_text(page.extract_text()) for page in pdf.pages]

	def check(self, unit: str):
		pack, html, pages = self.pages(unit)
		whole = " ".join(pages)
		for sentence in _sentences(pack):
			self.assertIn(_text(sentence), html)
		# Lines are broken anew in the PDF, so words are compared without their spaces.
		dense = whole.replace(" ", "")
		for figure in _figures(pack):
			self.assertIn(_text(figure).replace(" ", ""), dense)
		self.assertNotRegex(html, r"\{\{|\{%|None\b|nan\b|undefined")
		self.assertTrue(2 <= len(pages) <= 4, f"{len(pages)} pages")
		self.assertTrue(all(len(page) > 120 for page in pages), "no page is nearly empty")
		return pack, html

	def test_the_healthy_one(self):
		pack, html = self.check(pack_kit.HEALTHY)
		self.assertEqual(pack.experience.band, "Good")
		self.assertEqual((pack.told.settled, pack.told.n), (7, 7))
		self.assertEqual((pack.service_level.met, pack.service_level.n), pack_kit.TICKETS[pack_kit.HEALTHY])
		self.assertEqual(pack.level.gap, 0)
		self.assertNotIn("Green outside, red inside:", html)

	def test_the_watermelon(self):
		pack, html = self.check(pack_kit.WATERMELON)
		self.assertEqual(pack.experience.band, "Poor")
		self.assertEqual(round(100 * 88 / 91), pack.service_level.percent)
		self.assertGreater(pack.matrix.met_bad, 10)
		self.assertIn("Green outside, red inside:", html)
		self.assertEqual(sum(want.apart for want in pack.wants), 2)
		self.assertEqual(pack.level.gap, 2)
		self.assertEqual((pack.told.settled, pack.told.n), (2, 7))

	def test_what_was_counted_by_hand(self):
		"""The API's figures are those of the rows that were made."""
		pack, _html, _pages = self.pages(pack_kit.WATERMELON)
		rows = [pack_kit.SAID[pack_kit.WATERMELON]]
		heard = len(rows[0])
		self.assertEqual(pack.voices.n, heard)
		self.assertEqual(sum(kind.heard for kind in pack.voices.kinds), heard)
		self.assertEqual(pack.experience.answers, pack_kit.ANSWERS)
		self.assertEqual(pack.experience.percent, round(100 * 21 / 40))
		self.assertEqual(
			pack.matrix.met_good + pack.matrix.met_bad + pack.matrix.missed_good + pack.matrix.missed_bad,
			pack.matrix.n,
		)
		self.assertEqual(sum(month.answers for month in pack.months), pack.experience.answers)
		self.assertIsNone(re.search(r"somebody@", " ".join(row.who for row in pack.voices.quoted)))


def _text(html: str) -> str:
	text = re.sub(r"<(style|script|title)\b.*?</\1>", " ", html, flags=re.DOTALL)
	text = re.sub(r"<[^>]+>", " ", text)
	for code, char in (
		("&amp;", "&"),
		("&lt;", "<"),
		("&gt;", ">"),
		("&#39;", "'"),
		("&#34;", '"'),
		("&quot;", '"'),
	):
		text = text.replace(code, char)
	return " ".join(text.split())


def _sentences(pack) -> list[str]:
	return [*pack.summary, pack.level.text, *(section.title for section in map(frappe._dict, pack.sections))]


def _figures(pack) -> list[str]:
	"""Every number of the pack as its pages write it."""
	found = [
		f"{pack.told.percent} %",
		f"{pack.told.settled} settled",
		f"{pack.told.waiting} told and waiting",
		f"{pack.told.ours} still ours",
		f"{pack.experience.percent} %",
		f"{pack.experience.low_percent} to {pack.experience.high_percent} %",
		f"{pack.experience.n} people, {pack.experience.answers} answers, {pack.experience.window} days",
		f"target, {pack.experience.target_percent} %",
		f"{pack.service_level.percent} %",
		f"{pack.service_level.met} of {pack.service_level.n} tickets",
		f"n = {pack.matrix.n}; {pack.matrix.unknown} more",
		f"Level met {pack.matrix.met_good} {pack.matrix.met_bad}",
		f"Level missed {pack.matrix.missed_good} {pack.matrix.missed_bad}",
		*(f"{row.kind} {row.heard} {row.settled} {row.told} {row.open}" for row in pack.voices.kinds),
		*(f"{month.month}" for month in pack.months),
		*(f"{month.percent} %" for month in pack.months),
		*(want.ours for want in pack.wants),
		*(want.mark_text for want in pack.wants),
		*(f"“{row.statement}”" for row in pack.voices.quoted),
		*(row.statement for row in pack.promises),
		*pack.next_promises,
		*pack.agenda,
		pack.level.theirs.level,
		pack.level.ours.level,
		pack.level.ours.next_step,
	]
	for section in pack.sections:
		found += [cell for row in section.get("rows") or [] for cell in row]
	return [figure for figure in found if figure]
