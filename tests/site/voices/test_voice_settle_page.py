"""The page behind the link of a message back: what a person, a machine and a guesser can do with it."""

import time

import voice_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import set_request
from frappe.website.serve import get_response

from cx_desk.core import voice as machine
from cx_desk.units import message_back, settling, voices

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"


class TestSettlePage(FrappeTestCase):
	def setUp(self):
		frappe.set_user("Administrator")
		self.lead = kit.user("lead", "Agent", "Agent Manager")
		self.manager = kit.user("manager", "CX Manager")
		kit.settings(desk_manager=self.manager)
		kit.mail_account()
		self.name = voices.hear(
			"Low answer",
			"<b>2 of 5</b> & {{ 7*7 }}",
			source_email="carla@voicetest.example",
			responsible=self.lead,
		)
		self.token = self.tell()
		frappe.set_user("Guest")

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.local.form_dict = frappe._dict()
		frappe.local.lang = "en"

	def tell(self):
		"""Take the voice to Told by mail and read the token where only the person sees it: in the mail."""
		kit.walk(self.name, "Owned", "Done")
		voices.move(self.name, "Told", message_back="Hello,\n\nwe replaced the gateway.", key="tell")
		return self.newest_token()

	def newest_token(self):
		from email import message_from_string, policy

		queue = frappe.get_all(
			"Email Queue",
			filters={"reference_name": self.name},
			fields=["message"],
			order_by="creation desc",
			limit=1,
		)[0]
		text = message_from_string(queue.message, policy=policy.default).get_body(("plain",)).get_content()
		return text.split("/cx/v/")[1].split("?")[0]

	def ask(self, method="GET", token=None, agent=BROWSER, **form):
		token = token or self.token
		set_request(method=method, path=f"/cx/v/{token}", headers={"User-Agent": agent}, data=form or None)
		frappe.local.form_dict = frappe._dict(form)
		frappe.local.response = frappe._dict()
		response = get_response()
		return response.status_code, response.get_data(as_text=True)

	def post(self, word, sentence="", seconds=5, **more):
		form = {
			"word": word,
			"sentence": sentence,
			"stamp": settling.stamp(more.get("token") or self.token, time.time() - seconds),
		}
		return self.ask("POST", **{**form, **more})

	def state(self):
		return frappe.db.get_value("CX Voice", self.name, "state")

	def test_shows_what_they_said_and_what_was_done_as_text(self):
		status, html = self.ask()
		self.assertEqual(status, 200)
		self.assertIn("‹b›2 of 5‹/b› &amp; {{ 7*7 }}", html)
		self.assertIn("we replaced the gateway.", html)
		self.assertIn("Yes, settled", html)
		self.assertNotIn("<script", html)
		self.assertLess(len(html.encode()), 30 * 1024)

	def test_a_get_or_head_changes_nothing(self):
		before = frappe.get_doc("CX Voice", self.name).as_json()
		for method in ("GET", "HEAD"):
			for wish in ("yes", "no", ""):
				self.ask(method, s=wish, word="yes")
		self.assertEqual(frappe.get_doc("CX Voice", self.name).as_json(), before)

	def test_yes_settles(self):
		status, html = self.post("yes")
		self.assertEqual(status, 200)
		self.assertIn("It is settled", html)
		doc = frappe.get_doc("CX Voice", self.name)
		self.assertEqual((doc.state, doc.settled_by), ("Settled", "The person"))

	def test_no_contests_with_the_sentence(self):
		_status, html = self.post("no", "It dropped again this morning")
		self.assertIn("we are on it again", html)
		doc = frappe.get_doc("CX Voice", self.name)
		self.assertEqual(doc.state, "Contested")
		self.assertEqual(doc.steps[-1].note, "It dropped again this morning")
		self.assertEqual(doc.responsible, self.lead)

	def test_twice_from_two_tabs_is_one(self):
		self.post("no", "Again")
		self.post("no", "Again")
		doc = frappe.get_doc("CX Voice", self.name)
		self.assertEqual(doc.contested_count, 1)
		self.assertEqual([step.note for step in doc.steps].count("Again"), 1)
		self.post("no", "And the printer too")
		self.assertEqual(frappe.get_doc("CX Voice", self.name).steps[-1].note, "And the printer too")

	def test_yes_after_no_does_not_overrule_the_desk(self):
		self.post("no", "Again")
		self.post("yes")
		self.assertEqual(self.state(), "Contested")

	def test_words_after_the_own_yes_are_a_new_voice(self):
		self.post("yes")
		self.post("no", "Now the monitor flickers")
		self.assertEqual(self.state(), "Settled")
		new = frappe.get_all(
			"CX Voice",
			filters={"kind": "Reply", "origin": ["like", f"word:{self.name}:%"]},
			fields=["responsible", "due_at"],
		)
		self.assertEqual(len(new), 1)
		self.assertEqual(new[0].responsible, self.lead)

	def test_words_after_a_confidential_one_stay_with_it(self):
		self.post("yes")
		frappe.set_user("Administrator")
		frappe.db.set_value("CX Voice", self.name, "confidential", 1)
		for _twice in range(2):
			self.post("no", "Now the monitor flickers")
		frappe.set_user("Administrator")
		new = frappe.get_all(
			"CX Voice",
			filters={"kind": "Reply", "origin": ["like", f"word:{self.name}:%"]},
			fields=["confidential", "statement"],
		)
		self.assertEqual([row.confidential for row in new], [1])
		self.assertNotIn("flickers", new[0].statement)
		notes = [step.note for step in frappe.get_doc("CX Voice", self.name).steps]
		self.assertEqual(notes.count("Now the monitor flickers"), 1)

	def test_closed_in_silence_can_still_be_contested(self):
		frappe.set_user("Administrator")
		frappe.db.set_value("CX Voice", self.name, "told_at", "2020-01-01 10:00:00")
		voices.move(self.name, "Settled", settled_by="The desk")
		frappe.set_user("Guest")
		self.post("no")
		self.assertEqual(self.state(), "Contested")

	def test_a_machine_is_asked_again_and_changes_nothing(self):
		for form in (
			{"seconds": 0},
			{"stamp": ""},
			{"stamp": settling.stamp("another", time.time() - 9)},
			{"website": "http://spam.example"},
			{"agent": "python-requests/2.32"},
		):
			_status, html = self.post("yes", **form)
			self.assertIn("press the button once more", html, form)
			self.assertEqual(self.state(), "Told", form)
		self.post("yes")
		self.assertEqual(self.state(), "Settled")

	def test_unknown_links_get_one_calm_page(self):
		pages = set()
		for token in (
			"x",
			"a" * 43,
			"a" * 5000,
			"../../etc/passwd",
			"%00",
			self.token[:-1],
			self.token + "a",
		):
			status, html = self.ask(token=token)
			self.assertEqual(status, 404, token)
			self.assertNotIn("gateway", html)
			if "does not lead anywhere" in html:
				pages.add(html.split("<main")[1])
		self.assertEqual(len(pages), 1)
		status, _html = self.post("yes", token="a" * 43)
		self.assertEqual(status, 404)

	def test_only_the_hash_is_stored(self):
		for doctype in ("CX Voice", "Version", "Comment", "ToDo", "Notification Log", "Error Log"):
			for row in frappe.get_all(doctype, fields=["*"], order_by="creation desc", limit=20):
				self.assertNotIn(self.token, frappe.as_json(row), doctype)

	def test_the_link_of_the_message_before_stays_good(self):
		self.post("no", "Again")
		frappe.set_user("Administrator")
		first = self.token
		self.token = self.tell()
		self.assertNotEqual(first, self.token)
		frappe.set_user("Guest")
		self.assertEqual(self.ask(token=first)[0], 200)
		self.post("yes", token=first)
		self.assertEqual(self.state(), "Settled")

	def test_hostile_words_stay_words(self):
		nasty = "</textarea><script>alert(1)</script>{{ frappe.db }}"
		_status, html = self.post("no", nasty, seconds=0)
		self.assertNotIn("<script>alert", html)
		self.post("no", nasty * 500)
		self.assertLessEqual(len(frappe.get_doc("CX Voice", self.name).steps[-1].note), settling.LONGEST_WORD)

	def test_a_word_that_is_none_changes_nothing(self):
		for word in ("", "maybe", "Settled", "yes\x00"):
			self.post(word)
			self.assertEqual(self.state(), "Told")

	def test_signed_in_people_get_their_csrf_token(self):
		frappe.set_user("Administrator")
		self.assertIn('name="csrf_token"', self.ask()[1])

	def test_speaks_the_language_of_the_person(self):
		frappe.db.set_value("CX Voice", self.name, "unit", kit.unit("Voicetest Hamburg"))
		frappe.db.set_value("CX Business Unit", kit.unit("Voicetest Hamburg"), "language", "de")
		_status, html = self.ask()
		self.assertIn('lang="de"', html)
		self.assertIn("Ist es erledigt?", html)

	def test_the_owner_is_told_in_their_own_language(self):
		frappe.db.set_value("CX Voice", self.name, "unit", kit.unit("Voicetest Hamburg"))
		frappe.db.set_value("CX Business Unit", kit.unit("Voicetest Hamburg"), "language", "de")
		frappe.db.set_value("User", self.lead, "language", "en")
		_status, html = self.post("no")
		self.assertIn("Danke. Es ist nicht erledigt", html)
		told = frappe.get_all(
			"Notification Log", filters={"document_name": self.name, "for_user": self.lead}, pluck="subject"
		)
		self.assertTrue(any("It is yours again" in subject for subject in told), told)

	def test_confidential_words_are_not_shown(self):
		frappe.db.set_value("CX Voice", self.name, "confidential", 1)
		self.assertNotIn("2 of 5", self.ask()[1])

	def test_the_machine_of_the_core_is_asked(self):
		with self.assertRaises(machine.Blocked):
			machine.check("Heard", "Settled", machine.Facts(actor=machine.PERSON))
		self.assertIsNone(message_back.find(None))
