"""Case library (事例集): who did what where.

Holds nothing yet; its place in the house is kept by the import contract.
"""
