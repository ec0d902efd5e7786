"""Every reminder of the product, on one page. Pure.

A rule counts days from an anchor that each subject brings along: the closing instant of a call, the end of support,
the day a council member was asked to reply by. Staff may change the days of a rule (`/schedule`); those here are
where it starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app import calendar
from app.lifecycle import N_

REPORT = N_("Programme report of March 2023")  # S4
OWN_DEFAULT = N_("Default of this system (not in the sources)")  # [I]


@dataclass(frozen=True)
class Rule:
    """`days` are counted from the anchor's day: negative before it, 0 on it, positive after it."""

    name: str
    label: str
    anchor: str  # what the days are counted from
    days: tuple[int, ...]
    goes_to: str
    ends: str  # when it stops being sent
    source: str
    fixed: bool = False  # sent by a job of its own, once a day: staff do not change its days


RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "deadline",
            N_("An application is still a draft"),
            N_("Closing time of the call"),
            (-14, -3, -1),
            N_("The editors of the body; its approver once it waits for approval"),
            N_("Once it is submitted, and from the closing time on"),
            OWN_DEFAULT,
        ),
        Rule(
            "joint_consent",
            N_("A joint applicant has not answered whether it consents"),
            N_("Time until which the application is to be submitted"),
            (-5, -2, -1),
            N_("The approvers of the joint applicant"),
            N_("Once it has answered or the application is submitted, and from that time on"),
            OWN_DEFAULT,
        ),
        Rule(
            "correction",
            N_("A returned application is not resubmitted yet"),
            N_("Time by which it is to be corrected"),
            (-3, -1),
            N_("The editors of the body; its approver once it waits for approval"),
            N_("Once it is resubmitted, and from that time on"),
            OWN_DEFAULT,
        ),
        Rule(
            "correction_unopened",
            N_("The applicant has not opened a returned application"),
            N_("Day of the return, counted in working days"),
            (3,),
            N_("The editors and approvers of the body; the officers in the copy of the day"),
            N_(
                "Once somebody of the body has opened it, and from the time by which it is to be corrected on"
            ),
            OWN_DEFAULT,
        ),
        Rule(
            "membership_unanswered",
            N_("A council member has not answered"),
            N_("Day to reply by"),
            (-3, 0),
            N_("The person asked"),
            N_("Once they answered, and when their link has expired"),
            OWN_DEFAULT,
        ),
        Rule(
            "council_not_met",
            N_("A council has not met"),
            N_("Day of the announcement"),
            (90,),
            N_("The project's bodies; the officers in the copy of the day"),
            N_("Once a meeting is recorded, or the project is over"),
            OWN_DEFAULT,
        ),
        Rule(
            "seats_unconfirmed",
            N_("A body has not confirmed who holds its seats"),
            N_("Day by which it is asked to confirm them"),
            (-5, 0, 14),
            N_("All mailboxes of the body"),
            N_("Once it has confirmed them or reported a change"),
            OWN_DEFAULT,
        ),
        Rule(
            "survey_unanswered",
            N_("A body has not answered a survey"),
            N_("Closing time of the survey"),
            (-7, -1, 1, 7),
            N_("The project's bodies; past the time the officers in the copy of the day too"),
            N_("Once it has answered, or the survey is closed"),
            OWN_DEFAULT,
        ),
        Rule(
            "report_due",
            N_("A report of the year is not handed in"),
            N_("Day by which it is to be handed in"),
            (-14, -3, 1, 8, 15, 29, 60),
            N_(
                "The editors of the lead applicant; its approver once it waits for approval; past the day both"
            ),
            N_("Once it is handed in, or the project is cancelled"),
            OWN_DEFAULT,
        ),
        Rule(
            "obstacle_due",
            N_("An obstacle on which a local government must act is past its day"),
            N_("Day by which to act"),
            (1, 15),
            N_("The project's bodies; the officers in the copy of the day"),
            N_("Once what became of it is recorded, or the project is over"),
            OWN_DEFAULT,
        ),
        Rule(
            "evaluation_response",
            N_("A local government has not responded to an evaluation"),
            N_("Day by which to respond"),
            (-7, 1, 8),
            N_("The project's bodies; the officers in the copy of the day"),
            N_("Once the response is sent, the evaluation is published or the project is over"),
            OWN_DEFAULT,
        ),
        Rule(
            "support_end",
            N_("Support will end: what happens next"),
            N_("Last day of support"),
            (-180, -90, -30),
            N_("The project's bodies; the officers in the copy of the day"),
            N_("When support has ended"),
            OWN_DEFAULT,
        ),
        Rule(
            "extension_asked",
            N_("An extension of support can be asked for, and has not been"),
            N_("Last day to ask for it"),
            (-30, -14, -3),
            N_("The project's bodies; the officers in the copy of the day"),
            N_("Once it is submitted or what became of it is recorded, and after that day"),
            OWN_DEFAULT,
        ),
        Rule(
            "extension_unrecorded",
            N_("What became of an extension is not recorded"),
            N_("Last working day before March of the last base year"),
            (-6, -5, -4, -3, -2, -1, 0),
            N_("Officers"),
            N_("Once it is recorded for all; after the day it goes on, each working day"),
            OWN_DEFAULT,
            fixed=True,
        ),
        Rule(
            "letters_unapproved",
            N_("Support-end letters wait for approval"),
            N_("Day the letters are issued"),
            (-6, -5, -4, -3, -2, -1, 0),
            N_("Officers and directors"),
            N_("Once all are approved; after the day it goes on, each working day"),
            REPORT,
            fixed=True,
        ),
    )
}


@dataclass(frozen=True)
class Milestone:
    """A day of the fiscal year on which the programme acts by itself."""

    label: str
    day: date


def milestones(fiscal_year: int) -> Sequence[Milestone]:
    """What happens without anybody's doing around the end of `fiscal_year` (S4, domain.md §3)."""
    return (
        Milestone(
            N_("Reports of the year are asked for"),
            calendar.first_business_day_on_or_after(date(fiscal_year + 1, 2, 1)),
        ),
        Milestone(N_("Support-end letters are drafted for approval"), calendar.drafting_day(fiscal_year)),
        Milestone(
            N_("Approved support-end letters are numbered, issued and mailed"),
            calendar.support_end_notice_day(fiscal_year),
        ),
        Milestone(
            N_("Projects whose support is over are ended"), calendar.fiscal_year_start(fiscal_year + 1)
        ),
    )
