"""The proof that what is written was not changed: `flask history verify`, the seals, and the head mailed each day.

The database refuses (app/guards), the chain tells (app/db.py), the seals bind records to it (app/seals.py), the kept head
binds the chain to a key outside the database (app/head.py). Here all of it is read and compared.
"""
