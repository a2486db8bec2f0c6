"""Links and posters, all open questions of a person on one page, and the portal."""

import html
import re
import time

import survey_kit as kit

import frappe
from frappe.tests.utils import FrappeTestCase
from frappe.utils import add_days, now_datetime, nowdate

from cx_desk.core import ledger
from cx_desk.surveys import acting, answering, links, mine, versions
from cx_desk.surveys.shipped import RELATIONSHIP_SURVEY, TICKET_SURVEY

STAMP = re.compile(r'name="stamp" value="([^"]+)"')


def sweep():
	for name in frappe.get_all("CX Survey Link", filters={"title": ["like", "Surveytest%"]}, pluck="name"):
		responses = frappe.get_all("CX Survey Response", filters={"event_name": name}, pluck="name")
		frappe.db.delete("CX Survey Answer", {"parent": ["in", responses or [""]]})
		frappe.db.delete("CX Survey Response", {"name": ["in", responses or [""]]})
		frappe.db.delete("CX Voice", {"response": ["in", responses or [""]]})
		frappe.db.delete("CX Survey Link", {"name": name})
	kit.sweep()


class TestLinks(FrappeTestCase):
	def setUp(self):
		sweep()
		kit.switch_on()
		self.link = self.make()
		frappe.db.commit()
		kit.clear_counters()

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback()
		sweep()
		kit.clear_counters()

	def make(self, **values):
		return frappe.get_doc(
			{
				"doctype": "CX Survey Link",
				"title": "Surveytest canteen",
				"survey": TICKET_SURVEY,
				**values,
			}
		).insert()

	def open(self, code=None, **options):
		return kit.http("GET", f"/cx/s/{code or self.link.code}", **options)

	def stamp(self):
		return html.unescape(STAMP.search(self.open().get_data(as_text=True)).group(1))

	def key(self):
		return versions.current_content(TICKET_SURVEY)["questions"][0]["key"]

	def post(self, stamp, score="4", wait=1.6, **options):
		time.sleep(wait)  # as long as the shortest reading counts
		data = {"stamp": stamp, f"q_{self.key()}": score, "gestures": "3", **options.pop("data", {})}
		return kit.http("POST", f"/cx/s/{self.link.code}", data=data, **options)

	def responses(self):
		frappe.db.rollback()
		return frappe.get_all(
			"CX Survey Response",
			filters={"event_name": self.link.name},
			fields=[
				"name",
				"score",
				"channel",
				"respondent_key",
				"invitation",
				"contact",
				"unit",
				"event_doctype",
			],
		)

	def test_an_answer_counts_and_nobody_is_known(self):
		answer = self.post(self.stamp())
		self.assertEqual(answer.status_code, 200)
		found = self.responses()
		self.assertEqual(len(found), 1)
		self.assertEqual((found[0].score, found[0].channel), (4, "Poster"))
		self.assertFalse(found[0].respondent_key or found[0].invitation or found[0].contact)
		self.assertEqual(
			frappe.db.get_value(
				"CX Score Rollup", {"measure": "Answer", "channel": "Poster", "score": 4}, "count"
			),
			1,
		)

	def test_the_same_form_twice_is_one_answer_and_another_showing_is_another(self):
		stamp = self.stamp()
		self.post(stamp)
		self.post(stamp, score="1", wait=0)
		self.assertEqual([one.score for one in self.responses()], [4])
		self.post(self.stamp(), score="2")
		self.assertEqual(sorted(one.score for one in self.responses()), [2, 4])

	def test_the_first_answer_of_a_wording_freezes_it(self):
		stamp = self.stamp()
		name = versions.current_name(TICKET_SURVEY)
		# A version that the cache still holds, although its row is gone.
		versions.current(TICKET_SURVEY)
		versions.load(name)
		frappe.db.rollback()
		frappe.db.delete("CX Survey Version", {"name": name})
		frappe.db.commit()
		self.assertEqual(self.post(stamp).status_code, 200)
		frappe.db.rollback()
		self.assertTrue(frappe.db.exists("CX Survey Version", name))
		self.assertEqual(len(self.responses()), 1)

	def test_a_browser_that_answered_is_told_so_and_may_go_on(self):
		answer = self.post(self.stamp())
		cookie = next(
			line
			for line in answer.headers.getlist("Set-Cookie")
			if line.startswith(f"cx_answered_{self.link.code}=")
		)
		self.assertIn("HttpOnly", cookie)
		self.assertRegex(cookie, r"=\d+;")
		page = self.open(headers={"Cookie": cookie.split(";")[0]}).get_data(as_text=True)
		self.assertIn("somebody answered here already", page)
		self.assertIn("<form", page)
		hostile = self.open(headers={"Cookie": f"cx_answered_{self.link.code}=<script>"}).get_data(
			as_text=True
		)
		self.assertNotIn("answered here already", hostile)

	def test_a_machine_is_asked_again_and_leaves_nothing(self):
		for values in ({"gestures": "0"}, {"website": "x"}):
			page = self.post(self.stamp(), data=values).get_data(as_text=True)
			self.assertIn("once more", page)
		robot = self.post(self.stamp(), headers={"User-Agent": "curl/8.0"}).get_data(as_text=True)
		self.assertIn("once more", robot)
		page = self.post("made.up.stamp").get_data(as_text=True)
		self.assertIn("once more", page)
		self.assertFalse(self.responses())

	def test_looking_writes_nothing_and_sets_no_cookie(self):
		before = frappe.db.count("CX Survey Response"), frappe.db.count("CX Survey Version")
		answer = self.open()
		self.assertFalse([line for line in answer.headers.getlist("Set-Cookie") if "cx_" in line])
		frappe.db.rollback()
		self.assertEqual(
			before, (frappe.db.count("CX Survey Response"), frappe.db.count("CX Survey Version"))
		)
		self.assertLess(len(answer.get_data()), 30 * 1024)

	def test_closed_early_late_and_unknown_look_alike(self):
		pages = set()
		for values in (
			{"enabled": 0},
			{"enabled": 1, "valid_until": add_days(nowdate(), -1)},
			{"valid_until": None, "valid_from": add_days(nowdate(), 1)},
		):
			frappe.db.set_value("CX Survey Link", self.link.name, values)
			frappe.db.commit()
			answer = self.open()
			self.assertEqual(answer.status_code, 404)
			pages.add(answer.get_data())
		for code in ("XXXXXXXX", "x", "' OR 1=1", "%00", "a" * 300):
			answer = self.open(code)
			self.assertEqual(answer.status_code, 404, code)
			pages.add(answer.get_data())
		self.assertEqual(len(pages), 1)
		self.assertEqual(self.post("a.b.c", wait=0).status_code, 404)

	def test_a_code_typed_in_small_letters_opens(self):
		self.assertEqual(self.open(self.link.code.lower()).status_code, 200)
		self.assertRegex(self.link.code, rf"^[{links.ALPHABET}]{{8}}$")

	def test_the_code_stays_and_a_wrong_link_is_refused(self):
		code = self.link.code
		self.link.reload()
		self.link.code = "AAAAAAAA"
		self.link.save()
		self.assertEqual(self.link.code, code)
		frappe.db.set_value("CX Survey", RELATIONSHIP_SURVEY, "privacy", "Anonymous")
		with self.assertRaisesRegex(frappe.ValidationError, "anonymous"):
			self.make(survey=RELATIONSHIP_SURVEY)
		with self.assertRaisesRegex(frappe.ValidationError, "ends before it begins"):
			self.make(valid_from=nowdate(), valid_until=add_days(nowdate(), -1))
		with self.assertRaisesRegex(frappe.ValidationError, "no wording in fr"):
			self.make(page_language="fr")

	def test_the_reader_chooses_the_language(self):
		page = kit.http("GET", f"/cx/s/{self.link.code}?l=de").get_data(as_text=True)
		self.assertIn('lang="de"', page)
		self.assertIn('href="?l=en"', page)
		self.link.reload()
		self.link.page_language = "de"
		self.link.save()
		frappe.db.commit()
		self.assertIn('lang="de"', self.open().get_data(as_text=True))

	def test_a_low_answer_of_nobody_is_a_voice_without_a_source(self):
		self.post(self.stamp(), score="1", data={"comment": "The queue is too long"})
		name = self.responses()[0].name
		voice = acting.act(name)
		self.assertEqual(frappe.db.get_value("CX Voice", voice, "source_type"), "Anonymous")

	def test_who_gives_an_address_can_be_written_back_to_and_stays_unknown_to_the_counts(self):
		address = f"passerby@{kit.DOMAIN}"
		page = self.post(
			self.stamp(), score="1", data={"comment": "The queue", "reply_to": f" {address.upper()} "}
		).get_data(as_text=True)
		self.assertIn("writes to the address", page)
		found = self.responses()[0]
		self.assertFalse(found.respondent_key or found.contact)
		voice = frappe.get_doc("CX Voice", acting.act(found.name))
		self.assertEqual((voice.source_type, voice.source_email), ("Known person", address))
		# Anybody can type anybody's address: whoever writes back is told so.
		self.assertIn("may be somebody else", voice.steps[-1].note)
		self.assertIn(self.link.title, voice.steps[-1].note)
		kept = frappe.db.get_value("CX Survey Response", found.name, "*", as_dict=True)
		self.assertNotIn("passerby", frappe.as_json(kept))

	def test_an_address_is_not_kept_where_there_is_nothing_to_tell(self):
		page = self.post(self.stamp(), score="5", data={"reply_to": f"passerby@{kit.DOMAIN}"}).get_data(
			as_text=True
		)
		self.assertIn("your address was not kept", page)
		kept = frappe.db.get_value("CX Survey Response", self.responses()[0].name, "*", as_dict=True)
		self.assertNotIn("passerby", frappe.as_json(kept))

	def test_a_mistyped_address_comes_back_with_everything_else(self):
		page = self.post(self.stamp(), score="1", data={"comment": "The queue", "reply_to": "me at home"})
		self.assertEqual(page.status_code, 422)
		text = page.get_data(as_text=True)
		self.assertIn('href="#reply_to"', text)
		self.assertIn("The queue", text)
		self.assertIn('value="me at home"', text)
		self.assertEqual(self.responses(), [])

	def test_an_address_typed_there_raises_no_ticket_in_that_name(self):
		team = frappe.get_all("HD Team", pluck="name", limit=1)[0]
		rule = frappe.get_doc(
			{
				"doctype": "CX Acting Rule",
				"title": "Surveytest ticket",
				"cause": "Word",
				"words": "queue",
				"makes": "Ticket",
				"team": team,
			}
		).insert()
		frappe.db.commit()
		self.addCleanup(frappe.db.commit)
		self.addCleanup(rule.delete)
		before = frappe.db.count("HD Ticket")
		self.post(self.stamp(), score="1", data={"comment": "queue", "reply_to": f"boss@{kit.DOMAIN}"})
		self.assertTrue(acting.act(self.responses()[0].name))
		self.assertEqual(frappe.db.count("HD Ticket"), before)

	def test_a_link_may_offer_no_address(self):
		self.assertIn('name="reply_to"', self.open().get_data(as_text=True))
		frappe.db.set_value("CX Survey Link", self.link.name, "offer_reply", 0)
		frappe.db.commit()
		self.assertNotIn('name="reply_to"', self.open().get_data(as_text=True))
		self.post(self.stamp(), score="1", data={"reply_to": f"passerby@{kit.DOMAIN}"})
		kept = frappe.db.get_value("CX Survey Response", self.responses()[0].name, "*", as_dict=True)
		self.assertNotIn("passerby", frappe.as_json(kept))

	def test_poster_and_form(self):
		shown = links.shown(self.link)
		self.assertIn(f"/cx/s/{self.link.code}", shown["url"])
		self.assertTrue(shown["qr"].startswith("<svg"))
		self.assertIn("Nobody has answered", shown["answers"])
		self.assertEqual(kit.http("GET", f"/cx/poster?name={self.link.name}").status_code, 403)

	def test_the_qr_code_says_the_address(self):
		import pyqrcode

		url = links.url_of(self.link.code)
		self.assertEqual(pyqrcode.create(url, error="Q").data.decode(), url)


class TestMine(FrappeTestCase):
	def setUp(self):
		kit.sweep()
		kit.switch_on()
		kit.settings(cooldown_days=0, yearly_budget=0)
		self.first, self.token = kit.asked("ann")
		self.second = self.again("second")
		self.other, self.other_token = kit.asked("bob")
		frappe.db.commit()
		kit.clear_counters()

	def tearDown(self):
		frappe.set_user("Administrator")
		frappe.db.rollback()
		kit.sweep()
		kit.clear_counters()

	def again(self, subject):
		doc = kit.resolve(kit.ticket(kit.person("ann"), subject))
		kit.run_decisions()
		return kit.row(doc)

	def test_one_link_opens_all_questions_of_its_person_and_nobody_elses(self):
		page = kit.http("GET", f"/cx/m/{self.token}").get_data(as_text=True)
		self.assertIn("surveytest printer", page)
		self.assertIn("surveytest second", page)
		self.assertIn(self.second.name, page)
		self.assertNotIn(self.other.name, page)
		self.assertEqual(kit.http("GET", f"/cx/m/{self.token}?q={self.second.name}").status_code, 200)
		self.assertEqual(kit.http("GET", f"/cx/m/{self.token}?q={self.other.name}").status_code, 404)
		self.assertEqual(kit.http("GET", f"/cx/m/{self.token}?q=x").status_code, 404)
		for token in ("x" * 32, "", "%00"):
			self.assertIn(kit.http("GET", f"/cx/m/{token}").status_code, (404,), token)

	def test_answered_there_and_the_next_one_is_named(self):
		key = answering.open_page(self.token).version["questions"][0]["key"]
		stamp = answering.make_stamp(
			answering._find(mine.claim(mine.by_link(self.token), self.second.name)), None, time.time() - 9
		)
		answer = kit.http(
			"POST",
			f"/cx/m/{self.token}?q={self.second.name}",
			data={"stamp": stamp, f"q_{key}": "5", "gestures": "2"},
		).get_data(as_text=True)
		self.assertIn("One more question waits for you", answer)
		self.assertIn(self.first.name, answer)
		frappe.db.rollback()
		self.assertEqual(kit.rows(name=self.second.name)[0].status, ledger.ANSWERED)
		self.assertEqual(
			frappe.db.get_value("CX Survey Response", {"invitation": self.second.name}, "channel"), "Mail"
		)
		self.assertEqual(kit.rows(name=self.first.name)[0].status, ledger.QUEUED)

	def test_another_persons_question_cannot_be_answered(self):
		key = answering.open_page(self.token).version["questions"][0]["key"]
		stamp = answering.make_stamp(answering._find(self.other_token), None, time.time() - 9)
		answer = kit.http(
			"POST",
			f"/cx/m/{self.token}?q={self.other.name}",
			data={"stamp": stamp, f"q_{key}": "5", "gestures": "2"},
		)
		self.assertEqual(answer.status_code, 404)
		frappe.db.rollback()
		self.assertFalse(frappe.db.exists("CX Survey Response", {"invitation": self.other.name}))

	def test_an_expired_or_withdrawn_link_opens_no_list(self):
		for values in (
			{"expires_at": add_days(now_datetime(), -1)},
			{"expires_at": add_days(now_datetime(), 3), "status": ledger.WITHDRAWN},
		):
			frappe.db.set_value("CX Survey Invitation", self.first.name, values)
			frappe.db.commit()
			self.assertEqual(kit.http("GET", f"/cx/m/{self.token}").status_code, 404)

	def test_after_an_answer_by_mail_the_others_are_named(self):
		key = answering.open_page(self.token).version["questions"][0]["key"]
		stamp = answering.make_stamp(answering._find(self.token), None, time.time() - 9)
		page = kit.http(
			"POST", f"/cx/a/{self.token}", data={"stamp": stamp, f"q_{key}": "5", "gestures": "2"}
		).get_data(as_text=True)
		self.assertIn("One more question waits for you", page)
		self.assertIn(f"/cx/m/{self.token}?q={self.second.name}", page)

	def test_signed_in_on_the_portal(self):
		person = mine.by_session(self.user("ann"))
		self.assertEqual(
			[row["name"] for row in mine.open_questions(person)], [self.first.name, self.second.name]
		)
		self.assertEqual(mine.question_about(person, self.second.event_name), self.second.name)
		self.assertEqual(mine.question_about(person, self.other.event_name), "")
		self.assertIsNone(mine.by_session("Guest"))
		answer = kit.http("GET", "/cx/mine")
		self.assertEqual(answer.status_code, 302)
		claim = mine.claim(person, self.first.name)
		key = answering.open_page(claim).version["questions"][0]["key"]
		answering.submit(claim, {f"q_{key}": "3"}, agent=kit.PHONE, signed_in=True, channel=person.channel)
		found = frappe.db.get_value(
			"CX Survey Response", {"invitation": self.first.name}, ["channel", "score", "kind"], as_dict=True
		)
		self.assertEqual((found.channel, found.score, found.kind), ("Portal", 3, "Person"))

	def user(self, name):
		address = f"{name}@{kit.DOMAIN}"
		if not frappe.db.exists("User", address):
			frappe.get_doc(
				{
					"doctype": "User",
					"email": address,
					"first_name": name.title(),
					"user_type": "Website User",
					"send_welcome_email": 0,
				}
			).insert(ignore_permissions=True)
		self.addCleanup(frappe.delete_doc, "User", address, force=True, ignore_missing=True)
		return address

	def test_a_test_proves_nobody(self):
		frappe.db.set_value("CX Survey Invitation", self.first.name, "is_test", 1)
		self.assertIsNone(mine.by_link(self.token))
