"""Surveys (アンケート): questions, answers and tallies with their two denominators.

Holds nothing yet; its place in the house is kept by the import contract.
"""
