"""Key words for the shipped drivers, in English and German: given once, to drivers that have none. A desk writes its own."""

import frappe

KEY_WORDS = {
	"Time to solve": "wait*, slow*, days later, too long, delay*, quick*, fast, wart*, gewartet, lange gedauert, "
	"langsam*, schnell*, tagelang, zu lange",
	"First answer": "nobody called, no reply, no answer, heard nothing, got in touch, called back, keine Antwort, "
	"nichts gehört, niemand gemeldet, zurückgerufen, gemeldet",
	"Solution": "came back, come back, fault, again, not solved, solved, fixed, works, broken, wieder da, nicht gelöst, gelöst, "
	"behoben, geht wieder, kaputt, funktioniert*",
	"Communication": "told, explain*, inform*, asking me, update*, nobody told me, erklärt, informiert, gesagt, gefragt, "
	"Rückmeldung, verständlich",
	"Friendliness": "friendly, kind, rude, patient, polite, nice, freundlich*, nett*, unfreundlich*, geduldig*, höflich*",
	"Knowledge": "knew, knowledge*, competent, expert*, no idea, kompetent*, Ahnung, ausgekannt, Fachwissen, keine Ahnung",
	"Effort": "twice, several calls, one team to the next, again and again, forms, easy, mehrmals, mehrfach, umständlich*, "
	"hin und her, Formular*, einfach",
	"Access": "reach, could not reach, queue, hotline, busy, phone, erreichbar, erreichen, Warteschleife, besetzt, Hotline",
	"The service itself": "system*, network, printer*, laptop*, vpn, password*, software, Drucker*, Netzwerk, Passwort*, "
	"Programm*, Anwendung*",
}


def fill_in() -> None:
	"""Give the shipped drivers their key words; a driver that has some, or is gone, stays as it is."""
	for name, words in KEY_WORDS.items():
		if frappe.db.exists("CX Driver", {"name": name, "keywords": ["is", "not set"]}):
			doc = frappe.get_doc("CX Driver", name)
			doc.keywords = words
			doc.save(ignore_permissions=True)  # allowed: install
