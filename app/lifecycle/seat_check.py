"""A check of seats (担当者の確認): each April a body says whether its seats are held as the record has it."""

from __future__ import annotations

from app.lifecycle.table import APPLICANT_ACTS, ASKS, N_, OFFICE_ACTS, PRIMARY, Lifecycle

SEAT_CHECK = Lifecycle("seat_check")
state, move, says = SEAT_CHECK.state, SEAT_CHECK.move, SEAT_CHECK.says

state("asked", N_("Not confirmed yet"), "warning", APPLICANT_ACTS)
state("confirmed", N_("Confirmed"), "success")
state("reported", N_("Change reported"), "warning", OFFICE_ACTS)
state("settled", N_("The change is entered"), "success")

SEAT_CHECK.path = ("asked", "confirmed")
SEAT_CHECK.beside = {"reported": "confirmed", "settled": "confirmed"}

ASKED = SEAT_CHECK.group("asked")
REPORTED = SEAT_CHECK.group("reported")
TO_REPORT = SEAT_CHECK.group("asked", "confirmed", "settled")  # staff also change in May

move("confirm", ASKED, "confirmed", "seat_check.answer")
says("confirm", N_("The seats are held as shown"), N_("Seats confirmed"), PRIMARY)

move("report", TO_REPORT, "reported", "seat_check.answer", makes="mail: to the administrators")
says("report", N_("Report a change"), N_("Change of seats reported"), ASKS)

move("settle", REPORTED, "settled", "seat_check.settle")
says("settle", N_("The change is entered"), N_("Change of seats entered"), PRIMARY)
