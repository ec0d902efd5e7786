"""script/mutants: would a test notice if a rule were wrong?

The files that hold the rules of the product (rules.py) are changed one small thing at a time, in a copy of the tree, and the
tests that matter for the file are run on each. What no test notices is printed: either a test is missing, or docs/mutants.md
says why it does not matter.

cosmic-ray finds the places, makes the changes and keeps the session; we bring what our files need beside it: operators for
what a table consists of (operators.py), what is left out because it is no behaviour (leaving_out.py), and a process that forks
itself for each change instead of starting Python anew (server.py, which runs within the copy).
"""
