"""Supported projects (選定事業): the years after selection.

The announcement opens a project; its call's rule says how long support lasts, and the support year is derived from
the date, never stored. In March of the last year the end-of-support letters are drafted, approved and issued, and
on 1 April the project is ended, without anybody having to remember.
"""
