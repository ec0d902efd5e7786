"""Letters and mail: what leaves the house.

A letter is drafted, approved and issued; issuing gives it the next number of the year's register, freezes its PDF
under its SHA-256 and queues the mail, all in one transaction. Mail waits in the outbox until the job hands it to
SMTP: a rollback sends nothing, a crash loses nothing, a retry never sends twice what was accepted. This context
imports no case: what a letter is about is a kind and an id. Of the kinds of letters that the contexts above it draft, it
has the names (LETTER_KINDS), and the day by which notices of the end of support have to be approved.
"""
