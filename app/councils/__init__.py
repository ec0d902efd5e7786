"""Local implementation councils (地域実装協議会): who stands beside a project.

The office or the municipality names members; each is asked by mail with a one-time link and agrees or declines
without an account. A council is declared set up, meets, and is reminded when it has not met.
"""
