"""Comparisons -> words for people: one page for a clinician about their own notes, an agenda for their supervisor."""

from analyzer.feedback.agenda import Agenda, agenda_for
from analyzer.feedback.feedback import Feedback, feedback_for
from analyzer.feedback.formats import ENDINGS, MEDIA_TYPES, file_of
from analyzer.feedback.page import html_page, plain_text

__all__ = [
    "ENDINGS",
    "MEDIA_TYPES",
    "Agenda",
    "Feedback",
    "agenda_for",
    "feedback_for",
    "file_of",
    "html_page",
    "plain_text",
]
