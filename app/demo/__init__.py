"""The demo: the programme's real history, loaded through the operations, and a clock that can be moved.

Facts come from the CSV files beside this package. Only accounts, mail addresses and the clearly marked sample
call and applications are made up.
"""
