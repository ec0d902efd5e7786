"""An obstacle (課題) of a project: outstanding until somebody has resolved it, or it is given up; either can be taken back."""

from __future__ import annotations

from app.lifecycle.table import ASKS, N_, OFFICE, PRIMARY, Lifecycle

OBSTACLE = Lifecycle("obstacle")
state, move, act, says = OBSTACLE.state, OBSTACLE.move, OBSTACLE.act, OBSTACLE.says

state("outstanding", N_("Outstanding"), "warning")
state("resolved", N_("Resolved"), "success")
state("given_up", N_("Given up"))

OBSTACLE.path = ("outstanding", "resolved")

OUTSTANDING = OBSTACLE.group("outstanding")
RESOLVED = OBSTACLE.group("resolved")
SETTLED = OBSTACLE.all_but(OUTSTANDING)

move("resolve", OUTSTANDING, "resolved", "obstacle.settle")
says("resolve", N_("Record how it was resolved"), N_("Obstacle resolved"), ASKS, PRIMARY)

move("give_up", OUTSTANDING, "given_up", "obstacle.settle")
says("give_up", N_("Give it up"), N_("Obstacle given up"), ASKS)

act("revise", OUTSTANDING, "obstacle.settle", event="obstacle_revised")
says("revise", N_("Correct it"), N_("Obstacle corrected"), ASKS)

move("reopen", SETTLED, "outstanding", "obstacle.settle")
says("reopen", N_("Take it up again"), N_("Obstacle taken up again"), ASKS)

act("share", RESOLVED, "knowledge.publish", event="obstacle_shared", only=OFFICE)
says("share", N_("Share it as knowledge"), N_("Shared as knowledge"), ASKS)
