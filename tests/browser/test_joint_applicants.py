"""Joint applicants consent, in a browser with scripts switched off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.instance import Instance
from tests.browser.people import window_of
from tests.browser.steps import enter, follow, headed, press, told
from tests.browser.words import said

pytestmark = pytest.mark.browser

LEAD = "北海道更別村"


def test_without_javascript_an_approver_reads_and_consents_or_does_not(
    browser: Browser, own_instance: Instance
):
    approver = window_of(browser, own_instance, "municipality_approver", scripts=False)
    follow(approver, said("Consent to the application that %(lead)s leads", lead=LEAD))
    headed(approver, "（見本）農業機械の遠隔監視")
    told(approver, "貴団体は共同申請団体です")
    press(approver, "Do not consent")
    press(approver, "Do not consent")
    told(approver, said("Enter this; it is required."))
    enter(approver, reason="見本：分担の内容を確認中のため")
    press(approver, "Do not consent")
    told(approver, "見本：分担の内容を確認中のため")
    press(approver, "Consent")
    told(approver, said("You consented. The lead applicant is told by mail."))
    approver.goto("/applications")
    told(approver, said("Led by others, with your municipality as a joint applicant"))
    expect(approver.locator("main .task").first).to_contain_text(said("Consented"))


def test_without_javascript_the_lead_reads_who_has_to_consent(browser: Browser, own_instance: Instance):
    editor = window_of(browser, own_instance, "municipality_editor", scripts=False)
    follow(editor, said("Finish the application"))
    follow(editor, said("Joint applicants"))
    enter(editor, q="更別")
    press(editor, "Search")
    editor.get_by_role("button", name=said("Add %(name)s", name=LEAD)).click()
    follow(editor, said("To the list of sections"))
    told(editor, said("Consent of the joint applicants"))
    told(editor, said("Not asked to consent yet"))
    told(editor, said("Fill in first what is still missing: joint applicants consent to the whole."))
