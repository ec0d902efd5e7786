"""Applications (申請): from the first draft to the office's desk.

An editor drafts, the approver submits before the closing instant, and what was submitted is frozen as a
*submission* with its receipt. The office accepts it or returns it with defects and a due instant; the mended one
is another submission. Nothing here knows of results: selection, above, moves applications on.
"""
