"""The programme and its calls.

A call (募集) carries everything that differs from round to round as data: when it opens and closes (instants), for
which fiscal year it selects, how long support lasts and whether it can be extended, who may apply, the questions
they answer and the criteria they are judged by. Nothing downstream hard-codes five years.
"""
