"""One record of each kind that addresses name, all of one body: for tests that ask every page of the URL map."""

from __future__ import annotations

from app.programmes.models import Call
from tests import factories


def one_of_each(call: Call | None = None) -> dict[str, object]:
    """The name of each argument of an address → what it has there. Flushed, not committed."""
    body = factories.organisation()
    asked = [{"label": f"設問{place}"} for place in range(3)]  # one more than other calls have
    application = factories.application("returned", organisation=body, call=factories.call(questions=asked))
    factories.application("draft", organisation=body)
    council = factories.council(factories.project([body], **({"call": call} if call else {})))
    letter = factories.letter(organisation=body, state="approved", about_id=council.project_id)
    joint = factories.joint_applicant(lead=body)
    room = factories.room(council.project)
    obstacle = factories.obstacle(council.project, "resolved")
    answer = factories.survey_answer(council.project)
    evaluation = factories.evaluation(council.project, state="responded", published=True)
    report = factories.report("returned", project=council.project)
    continuation = factories.continuation(body)
    return {
        "survey_id": answer.survey_id,
        "survey_answer_id": answer.id,
        "survey_part_id": answer.parts[0].id,
        "survey_section": "items",
        "asked_of": "bodies",
        "application_id": application.id,
        "question_id": factories.own_questions(application.call)[2].id,
        "key": "basics",
        "section_key": "basics",
        "question_key": "answers-1",
        "submission_id": application.submissions[0].id,
        "attachment_id": application.attachments[0].id,
        "sha256": application.submissions[0].said.attachments[0]["sha256"],
        "organisation_id": body.id,
        "project_id": council.project_id,
        "continuation_id": continuation.id,
        "continuation_section": "plan",
        "continuation_file_id": continuation.answered.files[0].id,
        "change_request_id": factories.change_request(project=council.project).id,
        "room_section": "plan",
        "file_id": room.answered.files[0].id,
        "initiative_id": factories.initiative(council.project).id,
        "kpi_id": factories.kpi(council.project).id,
        "fiscal_year": 2022,
        "council_id": council.id,
        "membership_id": factories.membership(council).id,
        "log_entry_id": factories.log_entry(council.project).id,
        "obstacle_id": obstacle.id,
        "knowledge_item_id": factories.knowledge_item(obstacle).id,
        "meeting_id": evaluation.meeting_id,
        "evaluation_id": evaluation.id,
        "findings_section": "whole",
        "meeting_section": "members",
        "letter_id": letter.id,
        "conversation_id": factories.message(application).conversation_id,
        "call_id": application.call_id,
        "joint_applicant_id": joint.id,
        "delegation_id": factories.delegation(application).id,
        "grace_id": factories.grace(application.call, body).id,
        "seat_check_id": factories.seat_check(body).id,
        "report_id": report.id,
        "report_section": "year",
        "frozen_id": report.answered.frozen[0].id,
        "programme_id": application.call.programme_id,
    }
