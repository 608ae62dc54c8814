"""Regions made of whole provinces: inspection regions of the Office, police regions, army areas. Lists and figures can be asked for by them.

Sources: Office of the Prime Minister's inspection regions (18 and Bangkok), Royal Thai Police (9 and the Metropolitan Police), Royal Thai Army (4 areas).
"""

from __future__ import annotations

from survey.texts import N_

INSPECTION = {
    "0": "10", "1": "18 14 16 19 17 15", "2": "12 13 73 11", "3": "71 70 72", "4": "77 76 75 74", "5": "86 80 93 84 90", "6": "81 92 82 83 85 91",
    "7": "96 94 95",
    "8": "24 20 21", "9": "22 23 26 25 27", "10": "38 42 43 39 41", "11": "48 49 47", "12": "46 40 44 45", "13": "36 30 31 32", "14": "35 33 37 34",
    "15": "50 58 52 51", "16": "57 55 56 54", "17": "63 65 67 64 53", "18": "62 60 66 61",
}  # fmt: skip
POLICE = {
    "0": "10", "1": "11 12 13 14 15 16 17 18 19", "2": "20 21 22 23 24 25 26 27", "3": "30 31 32 33 34 35 36 37",
    "4": "38 39 40 41 42 43 44 45 46 47 48 49", "5": "50 51 52 54 55 56 57 58", "6": "53 60 61 62 63 64 65 66 67", "7": "70 71 72 73 74 75 76 77",
    "8": "80 81 82 83 84 85 86", "9": "90 91 92 93 94 95 96",
}  # fmt: skip
ARMY = {
    "1": "10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 70 71 72 73 74 75 76 77",
    "2": "30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49", "3": "50 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 67",
    "4": "80 81 82 83 84 85 86 90 91 92 93 94 95 96",
}  # fmt: skip
KINDS = {
    "inspection": (N_("เขตตรวจราชการ"), INSPECTION), "police": (N_("ตำรวจภูธรภาค"), POLICE), "army": (N_("กองทัพภาค"), ARMY),
}  # fmt: skip
BANGKOK = {"inspection": N_("กรุงเทพมหานคร"), "police": N_("กองบัญชาการตำรวจนครบาล")}  # what region 0 is called


def provinces_in(kind: str, number: str) -> list[str]:
    """The province codes of a region; none if there is no such region."""
    return KINDS[kind][1].get(number, "").split() if kind in KINDS else []


def region_of(kind: str, province: str) -> str | None:
    """The number of the region that a province belongs to."""
    return next((number for number, codes in KINDS[kind][1].items() if province in codes.split()), None)
