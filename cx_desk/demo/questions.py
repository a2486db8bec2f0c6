"""A survey with questions of many types, in three languages, answered through a link on the intranet.

Invented and seeded, like the other answers. Made once; `remove` takes it away again.
"""

from datetime import timedelta

import frappe
from frappe.utils import now_datetime

from cx_desk.core import answers, ledger
from cx_desk.demo import dropping, memory, simulate
from cx_desk.surveys import answering, versions

SURVEY = "The new laptop, four weeks on"
NOTE = "survey of many questions"
ANSWERS = 48
FLOORS = ("Setting it up", "Signing in", "Programs that were missing", "Battery and dock", "Printing")
QUESTIONS = (
	{
		"key": "good",
		"question": "How do you get on with the new laptop?",
		"question_type": "CSAT",
		"look": "Faces",
		"low_at_most": 2,
		"required": 1,
	},
	{
		"key": "trouble",
		"question": "What gave you trouble?",
		"question_type": "Many",
		"options": "\n".join(FLOORS),
		"random_order": 1,
		"show_if_question": "good",
		"show_if_at_least": 1,
		"show_if_at_most": 3,
	},
	{
		"key": "lost",
		"question": "How much working time did the change cost you?",
		"question_type": "Lost time",
	},
	{
		"key": "faster",
		"question": "How much faster is your work now?",
		"question_type": "Rating",
		"points": "7",
		"low_label": "Slower",
		"high_label": "Much faster",
	},
	{
		"key": "help",
		"question": "Where did you find help first?",
		"question_type": "Choice",
		"options": "A colleague\nThe service desk\nThe guide on the intranet\nNowhere",
	},
	{
		"key": "nowhere",
		"question": "Where did you look?",
		"question_type": "Text",
		"show_if_question": "help",
		"show_if_options": "Nowhere",
	},
	{
		"key": "spare",
		"question": "How many old devices still lie around in your office?",
		"question_type": "Number",
		"maximum": 200,
	},
)
REASONS = (("Time to solve", "Low"), ("Communication", "Low"), ("Knowledge", "Any"), ("Friendliness", "High"))
TEXTS = {
	"Your new laptop: how is it going?": (
		"Ihr neuer Laptop: Wie läuft es?",
		"حاسوبك الجديد: كيف تسير الأمور؟",
	),
	"Four weeks ago you got a new laptop. Two minutes help the next ones.": (
		"Vor vier Wochen haben Sie einen neuen Laptop bekommen. Zwei Minuten helfen den Nächsten.",
		"حصلت قبل أربعة أسابيع على حاسوب جديد. دقيقتان من وقتك تساعدان من يأتي بعدك.",
	),
	"How do you get on with the new laptop?": (
		"Wie kommen Sie mit dem neuen Laptop zurecht?",
		"كيف تجد الحاسوب الجديد؟",
	),
	"What gave you trouble?": ("Was hat Mühe gemacht?", "ما الذي سبب لك صعوبة؟"),
	"Setting it up": ("Das Einrichten", "الإعداد"),
	"Signing in": ("Die Anmeldung", "تسجيل الدخول"),
	"Programs that were missing": ("Fehlende Programme", "برامج ناقصة"),
	"Battery and dock": ("Akku und Dock", "البطارية وقاعدة التوصيل"),
	"Printing": ("Drucken", "الطباعة"),
	"How much working time did the change cost you?": (
		"Wie viel Arbeitszeit hat Sie der Wechsel gekostet?",
		"كم من وقت العمل كلّفك التغيير؟",
	),
	"How much faster is your work now?": ("Wie viel schneller arbeiten Sie jetzt?", "كم صار عملك أسرع؟"),
	"Slower": ("Langsamer", "أبطأ"),
	"Much faster": ("Viel schneller", "أسرع بكثير"),
	"Where did you find help first?": ("Wo fanden Sie zuerst Hilfe?", "أين وجدت المساعدة أولًا؟"),
	"A colleague": ("Bei Kollegen", "عند زميل"),
	"The service desk": ("Beim Service Desk", "مكتب الخدمة"),
	"The guide on the intranet": ("In der Anleitung im Intranet", "الدليل على الشبكة الداخلية"),
	"Nowhere": ("Nirgends", "لم أجدها"),
	"Where did you look?": ("Wo haben Sie gesucht?", "أين بحثت؟"),
	"How many old devices still lie around in your office?": (
		"Wie viele alte Geräte liegen noch in Ihrem Büro?",
		"كم جهازًا قديمًا ما زال في مكتبك؟",
	),
	"Time to solve": ("Zeit bis zur Lösung", "مدة الحل"),
	"Communication": ("Kommunikation", "التواصل"),
	"Knowledge": ("Wissen", "المعرفة"),
	"Friendliness": ("Freundlichkeit", "اللطف"),
	"The next ones have it easier.": ("Die Nächsten haben es leichter.", "سيكون الأمر أسهل لمن بعدك."),
}
SAID = {
	5: ("", "", "Light, quiet, and it lasts the day."),
	4: ("", "Good, once the dock worked."),
	3: ("Two of my programs came a week later.", ""),
	2: ("I sign in three times every morning.", "Printing does not work from home."),
	1: ("Half a day lost, and nobody knew who to call.",),
}


def make() -> int:
	"""The survey and its answers; how many answers. Does nothing where they are there."""
	if memory.noted(NOTE) or frappe.db.exists("CX Survey", SURVEY):
		return 0
	reasons = [row for row in REASONS if frappe.db.exists("CX Driver", row[0])]
	known = {driver for driver, _band in REASONS} - {driver for driver, _band in reasons}
	subject, intro, *_rest, thanks = TEXTS
	frappe.get_doc(
		{
			"doctype": "CX Survey",
			"survey_name": SURVEY,
			"kind": "Relationship",
			"enabled": 1,
			"language": "en",
			"subject": subject,
			"intro": intro,
			"thanks": thanks,
			"questions": [dict(row) for row in QUESTIONS],
			"drivers": [{"driver": driver, "band": band} for driver, band in reasons],
			"translations": [
				{"language": language, "source_text": text, "translated_text": said}
				for text, translations in TEXTS.items()
				if text not in known
				for language, said in zip(("de", "ar"), translations, strict=True)
				if frappe.db.exists("Language", language)
			],
		}
	).insert(ignore_permissions=True)  # allowed: the demo makes its company on a site made for it
	memory.note(NOTE, SURVEY)
	return _answer(versions.current(SURVEY))


def _answer(version: str) -> int:
	"""People of all units answer, as they would on the page; how many."""
	dice, content = simulate.dice("questions", SURVEY), versions.load(version)
	people = _people()
	dice.shuffle(people)
	count = 0
	for number, (address, unit) in enumerate(people[:ANSWERS]):
		filled = answers.read_form(content, _form(dice))
		if filled.errors:
			continue
		answering.record_external(
			SURVEY,
			version,
			filled,
			channel="Link",
			unit=unit,
			respondent_key=ledger.address_key(address),
			answered_at=now_datetime() - timedelta(days=dice.uniform(0.1, 60)),
			origin=f"demo {number}",
		)
		count += 1
	return count


def _people() -> list[tuple[str, str]]:
	"""Addresses of the demo's people with their units, as their tickets say."""
	contacts = memory.remembered("Contact")
	addresses = frappe.get_all(
		"Contact", {"name": ["in", contacts or [""]]}, pluck="email_id", order_by="name"
	)
	mapped = dict(
		frappe.get_all(
			"CX Unit Mapping",
			filters={
				"kind": "Person",
				"value": ["in", [address for address in addresses if address] or [""]],
			},
			fields=["value", "unit"],
			as_list=True,
		)
	)
	units = frappe.get_all("CX Business Unit", filters={"is_group": 0}, pluck="name", order_by="lft")
	return [
		(address, mapped.get(address) or units[at % len(units)])
		for at, address in enumerate(addresses)
		if address and units
	]


def _form(dice) -> dict[str, str]:
	good = dice.choices((5, 4, 3, 2, 1), (26, 34, 20, 13, 7))[0]
	help_at = dice.choices((0, 1, 2, 3), (40, 30, 20, 10 if good > 2 else 40))[0]
	form = {
		"q_good": str(good),
		"q_lost": str(dice.choice((0, 15, 30, 60) if good > 3 else (60, 120, 240, 480))),
		"q_faster": str(min(max(good + dice.choice((-1, 0, 1, 2)), 1), 7)),
		"q_help": str(help_at),
		"q_nowhere": "In the mail that came with it",
		"comment": dice.choice(SAID[good]),
	}
	for place in range(len(FLOORS)):
		if dice.random() < 0.35:
			form[f"q_trouble.{place}"] = "1"
	for place in range(len(REASONS)):
		if dice.random() < 0.4:
			form[f"d_{place}"] = "1"
	if dice.random() < 0.6:
		form["q_spare"] = str(dice.randint(0, 9))
	return form


def remove() -> int:
	"""Remove what `make` made; how many answers."""
	if not memory.noted(NOTE):
		return 0
	memory.forget(f"note:{NOTE}")
	return dropping.drop_survey(SURVEY)
