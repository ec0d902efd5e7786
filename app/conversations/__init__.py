"""Conversations (連絡): what applicant and office write to each other about an application.

One stands beside each application about which anybody has written. The office may begin it once the application was
submitted, its body at any time: then the office sees what is written and which body writes, and nothing of the draft.
What is of interest to all is published as a question of the call with its answer (programmes/clarifications.py).
"""

from app.conversations.models import Conversation
from app.conversations.routes import conversations
from app.conversations.tasks import tasks
from app.web.manifest import Manifest, Page

__all__ = ["Conversation"]

MANIFEST = Manifest(
    blueprint=conversations,
    tasks=tasks,
    pages={"conversation": Page("conversations.show", "conversation_id")},
    within={
        "conversations": "applications.index",
        "conversations.publish_clarification": "programmes.index",
    },
)
