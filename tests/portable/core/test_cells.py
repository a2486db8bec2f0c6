"""Cells of an export are text or numbers, never formulas."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core import cells


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r\n=1", "＝1"])
def test_formulas_become_text(text):
	assert cells.as_text(text) == "'" + text


@pytest.mark.parametrize("text", ["", "plain", "-5", "+3.5", "a=b", "'=1", "ä"])
def test_others_stay(text):
	assert cells.as_text(text) == text


@given(
	st.lists(
		st.lists(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00")), min_size=1)
	)
)
def test_a_file_keeps_its_cells(rows):
	source = StringIO()
	csv.writer(source, quoting=csv.QUOTE_ALL).writerows(rows)
	again = list(
		csv.reader(StringIO(cells.neutralise_csv(source.getvalue(), quoting=csv.QUOTE_ALL), newline=""))
	)
	assert again == [[cells.as_text(cell) for cell in row] for row in rows]
