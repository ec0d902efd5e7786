"""The technologies that the programme's own lists tag its projects with (S4)."""

from __future__ import annotations

TECHNOLOGIES = (
    "AI",
    "IoT",
    "5G",
    "クラウドコンピューティング",
    "ビッグデータ",
    "自動運転",
    "ロボット",
    "ドローン",
    "VR/AR",
    "キャッシュレス",
    "ブロックチェーン",
)
