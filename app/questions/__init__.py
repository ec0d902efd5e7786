"""Questions (設問): whatever is asked, of whomever, and what they answer.

A form template exists in numbered versions, each with its sections and questions. Somebody answers one version about
something, section by section; nothing that was typed is lost when two write at once, or when a newer version comes.
What is handed in is frozen with its hash. Which kinds of questions there are is the folder `kinds`. Nothing here knows
who asks or why: an application, a report or a survey brings its own pages and its own lifecycle.
"""
