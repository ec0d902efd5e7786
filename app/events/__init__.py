"""Symposia (シンポジウム): sessions, registration, attendance, satisfaction.

Holds nothing yet; its place in the house is kept by the import contract.
"""
