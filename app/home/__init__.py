"""Home: each role's first page.

Asks every context for the tasks of the person who is signed in, the late ones first, then shows their cases.
"""
