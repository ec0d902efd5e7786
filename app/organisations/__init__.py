"""Organisations and the people who act for them.

Every prefecture and municipality is here with its code and kana. Access belongs to a *seat* (section and post, with
a shared mailbox); a person holds a seat for a time (a *tenure*) and signs in to it. Staff change every April: the
seat, and everything done from it, stays.
"""
