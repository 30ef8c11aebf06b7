"""All questions that there are."""

from strictness import answered_questions, function_questions
from strictness.questions import TOPICS

__all__ = ["TOPICS", "answered_questions", "function_questions"]
