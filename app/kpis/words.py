"""The words around a value of a KPI, and why a text is no number: see values.py. Pure."""

from __future__ import annotations

import re

from app.explained import N_

EXACT, ABOUT, RANGE = "exact", "about", "range"
AT_LEAST, AT_MOST, OVER, UNDER = "at_least", "at_most", "over", "under"
LONGEST = 200  # characters of a cell that is a value and no report

NOTHING = N_("Nothing is written.")
NONE_YET = N_("A dash: there is no value yet.")
STILL_COUNTED = N_("It is still being counted.")
NOT_SET = N_("It is not decided or not measured.")
NONE = N_("“None” may be zero or not measured.")
NO_NUMBER = N_("There is no number in it.")
ONLY_A_YEAR = N_("It names a year and no value.")
CHANGE = N_("It tells a change, and not what there is.")
TOO_LONG = N_("It is longer than a value.")
SEVERAL = N_("There is more than one number in it.")
IS_A_RANGE = N_("It is a range, not one number.")
DATE = N_("It looks like a date or a time.")
COMMAS = N_("Its commas do not part thousands.")
HYPHEN = N_("The hyphen may stand for a range or for a minus.")
BRACKETED = N_("A number in brackets may be negative.")
BACKWARDS = N_("The range goes down.")
LIMITS = N_("Its two limits do not fit together.")
VAGUE = N_("It says “several” and no number.")
UNREAD = N_("The words around the number are not understood.")

WORDS = {
    STILL_COUNTED: ("集計中", "集計待ち", "調査中", "確認中", "精査中", "算定中", "集計作業中", "公表前"),
    NOT_SET: (
        "未定", "未集計", "未設定", "未測定", "未調査", "未実施", "未確定", "未公表", "検討中", "調整中", "不明", "設定なし", "実績なし",
        "データなし", "測定不可", "算出不可", "対象外", "n/a", "na", "tbd",
    ),
    NONE: ("なし", "無し", "無", "該当なし", "該当無し", "ナシ", "特になし"),
}  # fmt: skip
SAID = {word: why for why, words in WORDS.items() for word in words}
DASHES = "-‐‑‒–—―ー−─━*…・"
MINUS = {"△": "-", "▲": "-", "−": "-", "‐": "-", "–": "-", "マイナス": "-", "ﾏｲﾅｽ": "-"}
TIMES = {"十": 10, "百": 100, "千": 1000, "十万": 10**5, "百万": 10**6, "千万": 10**7, "万": 10**4, "億": 10**8, "兆": 10**12}  # fmt: skip
DIGITS = {kanji: str(number) for number, kanji in enumerate("〇一二三四五六七八九")}
TILDE = "[~〜∼]|から"
FIGURE = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
TIME = r"(?:(?:十万|百万|千万|[十百千万億兆])(?!貨店|人一首))"
NUMBER = re.compile(rf"(?P<sign>[-+])?(?P<parts>(?:{FIGURE}{TIME}?)(?:{FIGURE}{TIME})*(?:{FIGURE})?)")
PART = re.compile(rf"(?P<figure>{FIGURE})(?P<time>{TIME})?")
# A unit has no digits, but for these.
WITH_DIGITS = r"t-CO2|tCO2|kg-CO2|CO2|km2|m2|m3|ha"
UNIT = re.compile(
    rf"(?:{WITH_DIGITS}|[^\d\s,.()~〜:;+、。「」『』\[\]]{{1,12}})(?:/(?:{WITH_DIGITS}|[^\d\s,.()~〜:;、。]{{1,6}}))?"
)
# How a number is meant, by the words before it and behind it.
MEANT = (
    (ABOUT, r"^(?:約|およそ|概ね|おおむね|凡そ)\s*"),
    (AT_MOST, r"^(?:最大|多くとも|[~〜](?=\s*[-+]?\d))\s*"),
    (AT_LEAST, r"^(?:最低|少なくとも)\s*"),
    (AT_LEAST, r"(?<=.)\s*(?:以上|[~〜])$"),
    (AT_MOST, r"(?<=.)\s*(?:以下|以内|まで)$"),
    (OVER, r"(?<=.)\s*(?:を超える|を上回る|超え|超)$"),
    (UNDER, r"(?<=.)\s*(?:を下回る|未満)$"),
    (ABOUT, r"(?<=.)\s*(?:程度|前後|ほど|くらい|ぐらい|強|弱)$"),
)
# What is counted another way: the number is certain, and the unit says so.
COUNTED = {
    "年間": "{}/年",
    "延べ": "延べ{}",
    "のべ": "延べ{}",
    "累計": "累計{}",
    "平均": "平均{}",
    "計": "{}",
    "合計": "{}",
}
COMMON = {
    "人", "名", "件", "社", "者", "回", "世帯", "戸", "台", "か所", "箇所", "カ所", "ヶ所", "団体", "校", "店", "店舗", "施設", "事業", "事例",
    "組", "日", "時間", "分", "円", "千円", "百万円", "万円", "億円", "%", "割", "倍", "ポイント", "pt", "km", "m", "kg", "t", "kWh", "点", "位", "品目", "種類",
}  # fmt: skip
YEAR = re.compile(
    r"(?P<era>令和|平成|[RHrh])?(?P<year>元|\d{1,4})(?P<fy>年度|年)?(?P<of>\s*(?:末|実績値?|目標値?|見込み?|時点))*"
    r"\s*(?P<mark>:|は|\s)?"
)
DATED = re.compile(
    r"(?:[RH令平]\w{0,2})?\d{1,4}[./年-]\d{1,2}[./月-]\d{1,2}日?|\d{1,2}月\d{1,2}日|\d{1,2}月(?:[末中頃]|[上中下]旬)?$|(?<![RHrh\d])(?:[01]?\d|2[0-4]):[0-5]\d(?!\d)"
)
CHANGES = re.compile(r"(?:増加?|減少?|削減|増減|改善|向上)$")
SEVERAL_OF = re.compile(r"^約?数[^値字]|若干|多数")
NOTE = re.compile(r"\(([^()]*)\)$")
