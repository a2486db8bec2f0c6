"""Tables of answers: what columns are, what makes a file useless, what makes two lines the same answer."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import answer_import as imports
from cx_desk.core import answers, source_shapes, survey_content

VERSION = {
	"language": "en",
	"questions": [
		{"key": "main", "question": "How did it go?", "type": survey_content.CSAT},
		{"key": "why", "question": "Why?", "type": survey_content.CHOICE, "options": "Slow\nLoud"},
	],
	"translations": {"de": {"How did it go?": "Wie lief es?"}},
}


def fault(text):
	with pytest.raises(imports.BadTable) as caught:
		imports.read(text, VERSION)
	return str(caught.value), caught.value.detail


def test_columns_by_words_in_any_language():
	table = imports.read("Wie lief es?;Beantwortet am;E-Mail;Farbe\n4;2026-03-02;a@b.example;rot\n", VERSION)
	assert {(row.field, row.meaning, row.question) for row in table.rows} == {
		("Wie lief es?", source_shapes.QUESTION, "main"),
		("Beantwortet am", source_shapes.ANSWERED_AT, ""),
		("E-Mail", source_shapes.EMAIL, ""),
	}
	assert table.ignored == ("Farbe",)


@pytest.mark.parametrize(
	("text", "why"),
	[
		("", imports.EMPTY),
		("answered at,main\n", imports.EMPTY),
		("main\n4\n", imports.NO_DATE),
		("answered at,colour\n2026-03-02,red\n", imports.NO_QUESTION),
		("answered at,main,main\n2026-03-02,4,4\n", imports.DOUBLE_HEADING),
		("answered at,main\n" + "2026-03-02,4\n" * 5001, imports.TOO_MANY),
		("x" * 5_000_001, imports.TOO_LARGE),
	],
)
def test_a_file_of_no_use(text, why):
	assert fault(text)[0] == why


def test_a_line_is_itself_by_its_id_else_by_what_it_says():
	by_id = imports.read("id,answered at,main\n7,2026-03-02,4\n8,2026-03-02,4\n", VERSION)
	assert [line.id for line in by_id.lines] == ["7", "8"]
	by_words = imports.read(
		"answered at,main,colour\n2026-03-02,4,red\n2026-03-02,4,blue\n2026-03-03,4,red\n", VERSION
	)
	first, second, third = (line.id for line in by_words.lines)
	assert first == second != third, "a column that is nothing here makes no other answer"


def test_a_file_of_a_spreadsheet():
	table = imports.read(
		'\ufeff"answered at";"main";"comment"\r\n"2026-03-02";"4";"Two\nlines; and more"\r\n\r\n', VERSION
	)
	(line,) = table.lines
	assert line.values["comment"] == "Two\nlines; and more"


def test_the_template_can_be_imported():
	out = StringIO()
	csv.writer(out).writerows(imports.template(VERSION, "2026-03-02 10:00"))
	table = imports.read(out.getvalue(), VERSION)
	assert not table.ignored
	(line,) = table.lines
	found = source_shapes.understand(source_shapes.External("1", values=line.values), table.rows, VERSION)
	assert not found.faults
	filled = answers.read_form(VERSION, found.form)
	assert not filled.errors
	assert [answer.score for answer in filled.answers] == [5, 0]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
	try:
		imports.read(text, VERSION)
	except imports.BadTable:
		pass
	except csv.Error:
		pytest.fail("the reader's own error got out")
