"""What a respondent reads of the app itself is whole in Arabic: mail, page, poster and the words of the scales."""

import csv
from functools import cache

import pytest
from contracts.source import APP, relative
from contracts.test_german import texts_of_code

# Said to the desk's own people, who read these pages too.
TO_THE_DESK = (
	*(
		"Only a survey about the relationship",
		"Not anonymous",
		"A promise stands",
		"People were asked under the promise",
	),
	*(
		"{0} people would be asked",
		"Closed",
		"Open",
		"Over since",
		"Nobody has answered yet",
		"{0} answers so far",
	),
	*("This survey speaks of a request", "Choose one of your units", "It ends before it begins"),
	*("{0} is anonymous: each of its answers", "{0} has no wording in"),
)


@cache
def arabic() -> frozenset[str]:
	with (APP / "translations" / "ar.csv").open(encoding="utf-8") as file:
		return frozenset(row[0] for row in csv.reader(file) if row)


PAGES = [
	*sorted((APP / "templates" / "guest").glob("*.html")),
	*sorted((APP / "templates" / "emails").glob("cx_invitation.*")),
	APP / "templates" / "includes" / "cx_liaison_card.html",
	*(
		APP / "surveys" / name
		for name in ("question_view.py", "privacy.py", "answer_page.py", "invitations.py", "links.py")
	),
]


@pytest.mark.parametrize("path", [path for path in PAGES if path.name != "contact_look.html"], ids=relative)
def test_every_text_for_respondents_has_its_arabic(path):
	lacking = {
		text for text in texts_of_code(path) if text not in arabic() and not text.startswith(TO_THE_DESK)
	}
	assert not lacking, "\n".join([f"{relative(path)}: no line in translations/ar.csv for", *sorted(lacking)])
