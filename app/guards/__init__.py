"""What the database itself refuses, whoever asks: the triggers that keep what is written.

`rules` says it per table, in words and conditions; `sqlite` and `postgresql` write it as each engine's triggers;
`catalogue` makes them, takes them away and compares the database with them; `rights` is what the account of the
application may do at all. A migration carries a copy of its own, and a convention test holds the two together.
"""
