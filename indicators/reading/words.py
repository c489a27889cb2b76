"""Pieces of patterns that several kinds of wording share."""

from indicators.reading.numbers import NUMBER

COUNTERS = (
    "人次", "次", "起", "例", "项", "条", "处", "篇", "件", "个(?!百分点|月|别|人|体)",
    "人(?!员|均|口|民|大|数|才|为)", "所", "家(?!庭|长|校)", "户(?!籍|外)", "天", "日(?!常|前)",
    "名(?!单|额)", "份", "宗", "场(?!地|所)", "批(?!评|准)", "期", "座", "校", "村", "镇", "乡",
    "台(?!账|帐)", "套", "本(?!项|级|地|指标)", "幅", "门", "支", "辆", "栋", "间", "学时", "课时",
    "个月", "张", "盘", "块", "位", "类", "班", "科", "站", "周(?!岁)", "户次", "节", "只", "头", "棵",
    "株",
)  # fmt: skip
"""What is counted one by one; the longer word stands before its part."""

AMOUNTS = (
    "个百分点", "百分点", "%", "‰", "亿元", "万元", "元", "万人", "万亩", "亩", "公顷", "平方公里",
    "平方米", "公里", "千米", "米", "万吨", "吨", "小时", "分钟", "册", "岁", "倍", "度",
)  # fmt: skip
"""What is measured."""

UNIT = "(?:" + "|".join((*AMOUNTS, *COUNTERS)) + ")"
POINTS = rf"(?P<points>{NUMBER})分(?![之别钟析类散布管工级期享配队组店支校公明数])"
THEN = "(?:的)?，?(?:(?<!否)则|均|一律|应|将|予以|给予|可|即|直接|每次|一次性)?"
"""What may stand between a condition and what follows from it."""


def is_share(unit: str) -> bool:
    """Whether a unit is that of shares or of their difference."""
    return unit in ("%", "个百分点", "百分点")


def is_counted(unit: str) -> bool:
    """Whether a unit is counted one by one."""
    return bool(unit) and unit != "分" and unit not in AMOUNTS


def plain_unit(unit: str) -> str:
    """The unit of the figure itself where its steps are percentage points: %."""
    return "%" if is_share(unit) else unit
