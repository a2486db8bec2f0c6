"""What a browser could take for a tag is kept as text; all other words stay as they were written."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_desk.core.words import as_text


class _Tags(HTMLParser):
	def __init__(self):
		super().__init__()
		self.found = []

	def handle_starttag(self, tag, attrs):
		self.found.append(tag)


@pytest.mark.parametrize(
	("written", "kept"),
	[
		("<b>bold</b>", "‹b›bold‹/b›"),
		("<img src=x onerror=alert(1) ", "‹img src=x onerror=alert(1) "),
		("<!-- hidden", "‹!-- hidden"),
		("3 < 5 and 7 > 6", "3 < 5 and 7 > 6"),
		("I <3 it", "I <3 it"),
		("a -> b", "a -> b"),
		("", ""),
	],
)
def test_tags_become_text_and_the_rest_stays(written, kept):
	assert as_text(written) == kept


@given(st.text(alphabet="<>/!?ab =\"'-&x1", max_size=40), st.text(alphabet="<>/ab ", max_size=10))
def test_no_tag_is_left_whatever_stands_around_it(written, after):
	kept = as_text(written)
	assert not re.search(r"<[a-zA-Z/!?]", kept)
	assert as_text(kept) == kept
	parser = _Tags()
	parser.feed(f"<p>{kept}</p>")
	assert parser.found == ["p"]
