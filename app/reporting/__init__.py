"""Reporting: reads across the house and never writes.

The public register lists what has been announced, and reconciles the listed projects with the announced count of
each round: what the sources do not name is shown as missing, not hidden. Every figure is computed for a day that
the reader may choose; none is stored. What is not announced yet, or lies after that day, does not appear.
"""
