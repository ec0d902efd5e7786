"""Mail magazine (メールマガジン): streams, issues, subscriptions.

Holds nothing yet; its place in the house is kept by the import contract.
"""
