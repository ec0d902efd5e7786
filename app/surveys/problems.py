"""The survey of problems (課題の調査) as seed 004 shows it: item × occurred or not × how it is dealt with, and bottlenecks.

The first four items are the seed's own words, which names them as those that occur most and stops at 等; the others are a
beginning that officers change [I]. An item is asked of each body, a bottleneck is named for each initiative: N=35 and N=75.
"""

from __future__ import annotations

from app.questions.composing import ask, section, text
from app.questions.definition import Definition, Words

NOT_OCCURRED = "発生していない"
STATES = (NOT_OCCURRED, "発生（対応済み）", "発生（対応中）", "発生（未対応）")
NO_BOTTLENECK = "ボトルネックとなる課題はない"
BOTTLENECKS = "bottlenecks"
TITLE = "課題に関するアンケート"

ITEMS = {  # key → (item, in English); the keys stay, so that years stand beside each other
    "infrastructure": (
        "インフラ整備の主体検討と費用確保",
        "Who builds the infrastructure, and what pays for it",
    ),
    "business-model": ("持続可能なビジネスモデルの検討", "A business model that lasts"),
    "organisation": ("サービスインを見据えた体制整備", "An organisation that is ready for the service"),
    "people": ("担い手の確保", "People who do the work"),
    "technology": ("技術・機器の性能の確保", "Technology and equipment that do what they must"),
    "regulation": ("規制・制度への対応", "Rules and regulations"),
    "stakeholders": ("地元・関係者との調整", "Agreement with residents and others concerned"),
    "users": ("住民の理解と利用の促進", "Residents who know and use it"),
    "data-linkage": ("データの取得と連携", "Data: to have it, and to link it"),
    "evaluation": ("効果の検証", "Proof of its effect"),
}


def bodies_form() -> Definition:
    items = [
        ask(key, "one_choice", ja, en, choices=[*STATES])
        for key, (ja, en) in ITEMS.items()
    ]  # fmt: skip
    return Definition(
        (
            section("problems", "課題の発生と対応の状況", "Problems, and how they are dealt with", *items),
            section(
                "details", "課題の内容", "More about them",
                text("details", "発生した課題の内容と対応", "What occurred, and what is done about it", 1000, "", required=False,
                     guidance=("差し支えのない範囲でお書きください。公表することはありません。", "As far as you can say. It is never published.")),
                text("wishes", "事業の改善に向けた意見", "What the programme should do better", 1000, "", required=False),
            ),
        )
    )  # fmt: skip


def initiatives_form() -> Definition:
    return Definition(
        (
            section(
                BOTTLENECKS, "進捗上のボトルネック", "What holds it up",
                ask(BOTTLENECKS, "several_choices", "進捗上のボトルネックとなる課題", "Problems that hold it up",
                    choices=[*(ja for ja, _en in ITEMS.values()), NO_BOTTLENECK],
                    guidance=("この取組の進捗を妨げている課題を全てお選びください。", "All problems that keep this initiative from going on.")),
                text("bottleneck-details", "ボトルネックの内容", "What it is about", 800, "", required=False),
            ),
        )
    )  # fmt: skip


def empty_form() -> Definition:
    """One section in which nothing is asked yet: nobody is asked with it before something is."""
    label = Words("設問", "Questions")
    return Definition((section("s1", label.ja, label.en),))
