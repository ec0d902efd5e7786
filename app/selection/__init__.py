"""Selection (選定): from accepted applications to the announcement.

Officers put applications under review and record a provisional result with its reasons; a director decides the
call; the announcement releases everything in one act: states, letters, mails, projects and the public register.
Until then no applicant sees any of it (the embargo).
"""
