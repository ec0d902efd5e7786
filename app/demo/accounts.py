"""The demo's accounts: one for each role, all with the same password. Every address is in example.jp."""

from __future__ import annotations

from dataclasses import dataclass

from app.lifecycle import N_
from app.permissions import ADMINISTRATOR, APPROVER, CONSULTANT, DIRECTOR, EDITOR, MINISTRY, OFFICER, REVIEWER

PASSWORD = "banso-demo-2023"  # noqa: S105 (shown on the sign-in page of the demo)
MUNICIPALITY = "012106"  # 岩見沢市: has a project that ends, a council, and a sample application


@dataclass(frozen=True)
class Account:
    label: str
    email: str
    name: str
    role: str
    section: str
    post: str


ACCOUNTS = (
    Account(N_("Municipality, editor"), "editor@example.jp", "見本 一郎", EDITOR, "企画財政部企画室", "主査"),
    Account(
        N_("Municipality, approver"), "approver@example.jp", "見本 二郎", APPROVER, "企画財政部企画室", "室長"
    ),
    Account(
        N_("Consultant of an applicant"),
        "consultant@example.jp",
        "見本 八重",
        CONSULTANT,
        "見本コンサルティング株式会社",
        "",
    ),
    Account(
        N_("Cabinet Office, officer"), "officer@example.jp", "見本 三子", OFFICER, "未来技術実装担当", "係長"
    ),
    Account(
        N_("Cabinet Office, director"),
        "director@example.jp",
        "見本 四郎",
        DIRECTOR,
        "未来技術実装担当",
        "参事官",
    ),
    Account(N_("Expert reviewer"), "reviewer@example.jp", "見本 五月", REVIEWER, "合同審査会", "委員"),
    Account(N_("Ministry officer"), "ministry@example.jp", "見本 六太", MINISTRY, "地方支分部局", "係長"),
    Account(N_("Administrator"), "admin@example.jp", "見本 七海", ADMINISTRATOR, "システム担当", "係長"),
)


def offered() -> list[tuple[str, str, str]]:
    """(label, address, password) for the page of sign-in."""
    return [(account.label, account.email, PASSWORD) for account in ACCOUNTS]
