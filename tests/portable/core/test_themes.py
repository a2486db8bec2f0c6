"""Key words of themes: whole words, beginnings with a star, any language."""

import pytest

from cx_desk.core import themes


def found(keywords, comment):
	return themes.themes_of(comment, {"it": themes.words_of(keywords)}) == ["it"]


@pytest.mark.parametrize(
	("keywords", "comment", "hit"),
	[
		("wait*", "I waited for three days", True),
		("wait", "I waited for three days", False),
		("wait", "Wait, what?", True),
		("call", "locally recalled", False),
		("*druck*", "Der Farbdrucker klemmt", True),
		("drucker", "Der Farbdrucker klemmt", False),
		("warte*", "Ich habe GEWARTET und warte noch", True),
		("straße", "In der STRASSE", True),
		("no reply, nothing heard", "I got no   reply at all", True),
		("no reply", "no, reply", False),
		("c++", "Written in C++ by hand", True),
		("a.b", "axb", False),
		("*待*", "ずっと待っています", True),
		("خط*", "خطأ في الطابعة", True),
		("", "anything", False),
		("*", "anything", False),
		("slow", None, False),
	],
)
def test_key_words(keywords, comment, hit):
	assert found(keywords, comment) is hit


def test_a_list_is_read_as_it_is_written():
	assert themes.words_of("Wait*; late\nno  reply,, late") == ("wait*", "late", "no reply")
	assert themes.problem("wait*, late") == ""
	assert themes.problem("wait*, *") == "only a star"
	assert themes.problem("pr*nter") == "star inside"
	assert themes.problem("x" * 61) == "too long"
	assert themes.problem(",".join(f"w{i}" for i in range(201))) == "too many"


def test_a_comment_touches_several_themes_in_their_order():
	listed = {"Waiting": ("wait*",), "Printer": ("print*",), "Phone": ("phone",)}
	assert themes.themes_of("The printer: I waited", listed) == ["Waiting", "Printer"]


def test_a_long_comment_is_looked_through_at_once():
	words = themes.words_of("*a b c*, *ab, wait*")
	assert themes.themes_of("a" * 5000 + "a b " * 1000, {"it": words}) == []


def test_tone_is_a_word():
	assert themes.tone([]) == ""
	assert themes.tone([-0.5, -0.2]) == "rather negative"
	assert themes.tone([0.5, -0.5]) == "mixed"
	assert themes.tone([0.4]) == "rather positive"
