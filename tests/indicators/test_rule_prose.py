# ruff: noqa: E501 - the prose and what is read from it stand in one line each
"""Rule prose as offices write it, and the rules proposed for it.

A case has the prose, the item's points ("" where not known), its title, the rules in short form (``told``
below: each field that is not at its default, figures by their names) and the keys of the remarks.
"""

from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from django.utils.translation import override

from indicators.reading.proposal import Proposal
from indicators.reading.rule_prose import LONGEST, read_rule_prose
from indicators.reading.wording import remark_in_words
from indicators.scoring.faults import faults_of
from indicators.scoring.rules import dump_rules, parse_rules


class Case(NamedTuple):
    prose: str
    weight: str
    title: str
    rules: str
    remarks: str = ""


def told(proposal: Proposal) -> str:
    """The rules in one line: their kinds and fields, a tier as [low,high)→points, a sub-point as name:points."""
    names = {measure.code: measure.name for measure in proposal.measures}
    return "; ".join(
        _told(rule.model_dump(mode="json", exclude_defaults=True), names) for rule in proposal.rules
    )


def _told(rule: dict[str, Any], names: dict[str, str]) -> str:
    kind = rule.pop("kind")
    return " ".join([kind, *(f"{field}={_value(value, names)}" for field, value in rule.items())])


def _value(value: Any, names: dict[str, str]) -> str:
    if isinstance(value, dict) and "measure" in value:
        partly = f"/{value['partly']}" if "partly" in value else ""
        return f"{names[value['measure']]}:{value['points']}{partly}"
    if isinstance(value, dict):
        low = "[" if value.get("low_closed", True) and "low" in value else "("
        high = "]" if value.get("high_closed") else ")"
        return f"{low}{value.get('low', '')},{value.get('high', '')}{high}→{value['points']}"
    if isinstance(value, list):
        return " ".join(_value(one, names) for one in value)
    return names.get(value, value)


def read(case: Case) -> Proposal:
    return read_rule_prose(case.prose, Decimal(case.weight) if case.weight else None, case.title)


PER_OCCURRENCE = [
    Case(
        "每少1次扣0.2分，扣完为止",
        "2",
        "上报信息",
        "per_occurrence measure=上报信息不足 unit=次 points_each=0.2",
    ),
    Case(
        "每发现1起违规办学行为扣0.5分，最多扣2分",
        "3",
        "",
        "per_occurrence measure=违规办学行为 unit=起 points_each=0.5 cap=2",
    ),
    Case("每出现一例扣2分", "4", "安全责任事故", "per_occurrence measure=安全责任事故 unit=例 points_each=2"),
    Case(
        "工作零失误得5分，失误一次扣2分，扣完为止",
        "5",
        "",
        "per_occurrence measure=失误 unit=次 points_each=2",
    ),
    Case(
        "否则扣2分/次，扣完为止",
        "5",
        "佩戴工牌",
        "per_occurrence measure=未做到佩戴工牌 unit=次 points_each=2",
    ),
    Case(
        "河长公示牌设立不规范，每个扣0.5分；不干净整洁，每个扣0.5分；联系方式不通的每处扣0.5分。",
        "3",
        "",
        "per_occurrence measure=河长公示牌设立不规范 unit=个 points_each=0.5; per_occurrence measure=不干净整洁 unit=个 points_each=0.5; per_occurrence measure=联系方式不通 unit=处 points_each=0.5",
    ),
    Case(
        "未制定“一河一策”的，少1条扣1分，最高扣4分；未制定年度计划的，每少1条扣1分，最高扣4分。",
        "6",
        "",
        "per_occurrence measure=未制定一河一策 unit=条 points_each=1 cap=4; per_occurrence measure=未制定年度计划 unit=条 points_each=1 cap=4",
    ),
    Case(
        "保持基层人员编制稳定的，得1.5分；每增加1名人员编制的，加0.05分，加分不超过0.5分；每减少1名人员编制的，扣0.1分，扣分不超过2分。",
        "2",
        "",
        "per_occurrence share=1.5 measure=人员编制减少 unit=名 points_each=0.1 cap=2; manual",
        "bonus_beside sum_differs",
    ),
    Case(
        "缺一项扣1分，扣完为止", "4", "三风一训", "per_occurrence measure=三风一训不足 unit=项 points_each=1"
    ),
    Case(
        "迟到或早退一次扣0.5分",
        "2",
        "",
        "per_occurrence measure=迟到或早退 unit=次 points_each=0.5",
        "each_assumed",
    ),
    Case(
        "未及时报送案件情况一次扣1分，扣完为止。",
        "3",
        "",
        "per_occurrence measure=未及时报送案件情况 unit=次 points_each=1",
    ),
    Case(
        "资料齐全，记录真实完整一项不符扣0.5分",
        "5",
        "",
        "per_occurrence measure=记录真实完整不符 unit=项 points_each=0.5",
        "each_assumed",
    ),
    Case(
        "被上级通报批评一次扣两分",
        "4",
        "",
        "per_occurrence measure=被上级通报批评 unit=次 points_each=2",
        "each_assumed",
    ),
    Case(
        "控辍保学到位，无学生辍学得2分，每有1名学生辍学扣1分，扣完为止",
        "2",
        "",
        "per_occurrence measure=学生辍学 unit=名 points_each=1",
    ),
    Case(
        "教师培训每少1人次扣零点五分",
        "2",
        "",
        "per_occurrence measure=教师培训不足 unit=人次 points_each=0.5",
    ),
    Case(
        "每月报送信息不少于2条，每少1条扣0.1分，扣完为止",
        "2",
        "",
        "per_occurrence measure=每月报送信息不足 unit=条 points_each=0.1",
    ),
    Case(
        "迟报一天扣0.5分",
        "2",
        "月报表",
        "per_occurrence measure=迟报 unit=天 points_each=0.5",
        "each_assumed",
    ),
    Case("逾期未报的，每天扣0.5分", "2", "", "per_occurrence measure=逾期未报 unit=天 points_each=0.5"),
    Case(
        "超过3次的，每增加1次扣1分", "5", "信访", "per_occurrence measure=信访 unit=次 points_each=1 free=3"
    ),
    Case(
        "全年组织应急演练不少于4次，每少1次扣0.5分",
        "2",
        "",
        "per_occurrence measure=全年组织应急演练不足 unit=次 points_each=0.5",
    ),
    Case(
        "每半年开展一次督导检查，缺一次扣1分",
        "2",
        "",
        "per_occurrence measure=每半年开展一次督导检查不足 unit=次 points_each=1",
        "each_assumed",
    ),
    Case(
        "未按时报送材料的，每迟报一次扣0.2分，最多扣1分",
        "2",
        "",
        "per_occurrence measure=未按时报送材料 unit=次 points_each=0.2 cap=1",
    ),
    Case(
        "材料报送不及时、不准确的，每次扣0.1分，扣分不超过1分",
        "1",
        "",
        "per_occurrence measure=材料报送不及时、不准确 unit=次 points_each=0.1 cap=1",
    ),
    Case(
        "发现一起有偿补课行为，扣1分，扣完为止",
        "3",
        "",
        "per_occurrence measure=有偿补课行为 unit=起 points_each=1",
    ),
    Case(
        "每发生一起较大安全责任事故扣5分，发生重大安全责任事故的，该项不得分",
        "10",
        "",
        "per_occurrence measure=较大安全责任事故 unit=起 points_each=5; veto measure=发生重大安全责任事故 effect=zero_item",
    ),
    Case(
        "有制度、有方案、有总结，每缺一项扣0.5分。",
        "1.5",
        "",
        "per_occurrence measure=有制度、有方案、有总结不足 unit=项 points_each=0.5",
    ),
    Case(
        "本项满分5分，每缺1项材料扣1分，扣完为止",
        "5",
        "",
        "per_occurrence measure=材料不足 unit=项 points_each=1",
    ),
    Case(
        "每人每学期听课不少于20节，每少1节扣0.05分。",
        "2",
        "",
        "per_occurrence measure=每人每学期听课不足 unit=节 points_each=0.05",
    ),
    Case(
        "发生1起死亡事故扣10分，每多死亡1人加扣5分",
        "20",
        "",
        "per_occurrence measure=死亡事故 unit=起 points_each=10; manual",
        "each_assumed count_unread",
    ),
    Case(
        "每发现1起扣0.5分，3起以内不扣分，最多扣2分",
        "4",
        "校园安全隐患",
        "per_occurrence measure=校园安全隐患 unit=起 points_each=0.5 free=3 cap=2",
    ),
    Case(
        "每发现一处问题扣0.2分（3处以内不扣分）",
        "2",
        "",
        "per_occurrence measure=问题 unit=处 points_each=0.2 free=3",
    ),
    Case("每少1次扣0.2分", "", "上报信息", "per_occurrence measure=上报信息不足 unit=次 points_each=0.2"),
    Case(
        "按要求及时报送信息，漏报一次扣0.5分，迟报一次扣0.2分",
        "3",
        "",
        "per_occurrence measure=漏报 unit=次 points_each=0.5; per_occurrence measure=迟报 unit=次 points_each=0.2",
        "each_assumed each_assumed",
    ),
    Case(
        "每出现一次违规收费扣2分；情节严重的，本项不得分",
        "4",
        "",
        "per_occurrence measure=违规收费 unit=次 points_each=2; manual",
        "condition_unread",
    ),
    Case(
        "被市级以上媒体负面曝光的，每次扣1分，以扣完本项分值为止",
        "3",
        "",
        "per_occurrence measure=被市级以上媒体负面曝光 unit=次 points_each=1",
    ),
    Case(
        "对未按要求整改的，每项扣0.3分，该项分值扣完为止",
        "3",
        "",
        "per_occurrence measure=对未按要求整改 unit=项 points_each=0.3",
    ),
    Case(
        "满分10分，发现一处不合格扣1分",
        "10",
        "食堂卫生",
        "per_occurrence measure=食堂卫生不合格 unit=处 points_each=1",
        "each_assumed",
    ),
    Case("扣分标准：每缺一次会议扣0.5分", "2", "", "per_occurrence measure=会议不足 unit=次 points_each=0.5"),
]
SHORTFALL = [
    Case(
        "每低于标准1个百分点扣0.1分",
        "4",
        "小学标准班额占比达到90%",
        "shortfall measure=小学标准班额占比 standard=90 direction=at_least unit=% points_per_unit=0.1 rounding=down",
        "rounding_assumed",
    ),
    Case(
        "小学标准班额占比达到90%以上，每低于标准1个百分点扣0.1分（不足1个百分点不计）",
        "4",
        "",
        "shortfall measure=小学标准班额占比 standard=90 direction=at_least unit=% points_per_unit=0.1 rounding=down",
    ),
    Case(
        "小学标准班额占比不低于90%得4分；每低1个百分点扣0.1分，不足1个百分点按1个百分点计，扣完为止",
        "4",
        "",
        "shortfall measure=小学标准班额占比 standard=90 direction=at_least unit=% points_per_unit=0.1 rounding=up",
    ),
    Case(
        "大班额比例控制在5%以内，每超过1个百分点扣0.5分，按比例扣分",
        "2",
        "",
        "shortfall measure=大班额比例 standard=5 direction=at_most unit=% points_per_unit=0.5 rounding=exact",
    ),
    Case(
        "①地区科级领导干部中，35岁及以下的不低于20%的，得1分。每低1%，扣0.1分。②乡镇（街道）领导班子中，35岁及以下的不低于30%的，得1分。每低1%，扣0.1分。",
        "2",
        "",
        "shortfall share=1 measure=地区科级领导干部中35岁及以下 standard=20 direction=at_least unit=% points_per_unit=0.1 rounding=down; shortfall share=1 measure=乡镇(街道)领导班子中35岁及以下 standard=30 direction=at_least unit=% points_per_unit=0.1 rounding=down",
        "rounding_assumed rounding_assumed",
    ),
    Case(
        "每低于1%，扣0.1分，扣完为止",
        "1",
        "病历回收率达100%",
        "shortfall measure=病历回收率 standard=100 direction=at_least unit=% points_per_unit=0.1 rounding=down",
        "rounding_assumed",
    ),
    Case(
        "每少投入10万元扣1分",
        "5",
        "资金投入达到100万元",
        "shortfall measure=资金投入 standard=100 direction=at_least unit=万元 unit_size=10 points_per_unit=1 rounding=down",
        "rounding_assumed",
    ),
    Case(
        "小学一、二年级标准班额占比低于90%的，每差1个百分点扣0.1分（不足1个百分点不计），最多扣2分",
        "4",
        "",
        "shortfall measure=小学一、二年级标准班额占比 standard=90 direction=at_least unit=% points_per_unit=0.1 rounding=down cap=2",
    ),
    Case(
        "义务教育巩固率每低于95%1个百分点扣0.5分",
        "3",
        "",
        "shortfall measure=义务教育巩固率 standard=95 direction=at_least unit=% points_per_unit=0.5 rounding=down",
        "rounding_assumed",
    ),
    Case(
        "义务教育巩固率每低于省定标准（95%）1个百分点扣0.5分，不足1个百分点的不计，扣完为止。",
        "3",
        "",
        "shortfall measure=义务教育巩固率 standard=95 direction=at_least unit=% points_per_unit=0.5 rounding=down",
    ),
    Case(
        "九年义务教育巩固率达95%以上的得3分，每低0.5个百分点扣0.2分，扣完为止",
        "3",
        "",
        "shortfall measure=九年义务教育巩固率 standard=95 direction=at_least unit=% unit_size=0.5 points_per_unit=0.2 rounding=down",
        "rounding_assumed",
    ),
    Case(
        "超大班额占比不高于2%，每高1个百分点，扣0.5分",
        "2",
        "",
        "shortfall measure=超大班额占比 standard=2 direction=at_most unit=% points_per_unit=0.5 rounding=down",
        "rounding_assumed",
    ),
    Case(
        "查阅资料。每降低1个百分点扣0.5分",
        "3",
        "机电设备综合完好率不低于90%",
        "shortfall measure=机电设备综合完好率 standard=90 direction=at_least unit=% points_per_unit=0.5 rounding=down",
        "rounding_assumed",
    ),
    Case(
        "群众满意度测评得分达到85分以上得3分，每低1分扣0.1分",
        "3",
        "",
        "shortfall measure=群众满意度测评得分 standard=85 direction=at_least unit=分 points_per_unit=0.1 rounding=down",
        "rounding_assumed",
    ),
    Case(
        "每低于标准 0.5 个百分点，扣 0.1 分",
        "3",
        "小学专任教师学历达标率达到百分之九十五",
        "shortfall measure=小学专任教师学历达标率 standard=95 direction=at_least unit=% unit_size=0.5 points_per_unit=0.1 rounding=down",
        "rounding_assumed",
    ),
    Case(
        "每增加一个百分点扣1分",
        "3",
        "义务教育大班额比例不超过5%",
        "shortfall measure=义务教育大班额比例 standard=5 direction=at_most unit=% points_per_unit=1 rounding=down",
        "rounding_assumed",
    ),
]
PROPORTIONAL = [
    Case(
        "按完成比例得分", "3", "校舍维修改造", "proportional measure=校舍维修改造完成比例 unit=% full_at=100"
    ),
    Case(
        "完成率达到100%得满分，未完成的按比例得分",
        "3",
        "项目",
        "proportional measure=完成率 unit=% full_at=100",
    ),
    Case(
        "未完成年度任务的，按完成比例扣分",
        "3",
        "招生计划",
        "proportional measure=招生计划完成比例 unit=% full_at=100",
    ),
    Case("按实际完成率计分", "3", "高标准农田建设", "proportional measure=实际完成率 unit=% full_at=100"),
    Case(
        "达到95%得满分，60%及以下不得分，其间按比例得分",
        "4",
        "任务完成率",
        "proportional measure=任务完成率 unit=% full_at=95 zero_at=60",
    ),
]
TIERS = [
    Case(
        "达到95%（含）以上得4分，90%—95%得3分，90%以下不得分",
        "4",
        "入学率",
        "tiers measure=入学率 unit=% tiers=[95,)→4 [90,95)→3 (,90)→0",
    ),
    Case(
        "学前三年毛入园率达到90%得2分，85%（含）-90%得1分，85%以下不得分。",
        "2",
        "",
        "tiers measure=学前三年毛入园率 unit=% tiers=[90,)→2 [85,90)→1 (,85)→0",
    ),
    Case(
        "目标达成率≥50%得20分；40%≤目标达成率﹤50%，得15分；30%≤目标达成率﹤40%，得10分；目标达成率﹤30%，不得分",
        "20",
        "",
        "tiers measure=目标达成率 unit=% tiers=[50,)→20 [40,50)→15 [30,40)→10 (,30)→0",
    ),
    Case(
        "90分以上得5分，80-89分得4分，60-79分得3分，60分以下不得分",
        "5",
        "群众满意度",
        "tiers measure=群众满意度 unit=分 tiers=[90,)→5 [80,90)→4 [60,80)→3 (,60)→0",
        "gap_closed",
    ),
    Case(
        "绿化面积达不到10%扣3分、达不到20%扣2分、达不到30%扣1分。",
        "5",
        "",
        "tiers measure=绿化面积 unit=% tiers=[30,)→5 [20,30)→4 [10,20)→3 (,10)→2",
    ),
    Case(
        "普惠性幼儿园覆盖率≥85%得2分，80%≤覆盖率＜85%得1分，＜80%不得分",
        "2",
        "",
        "tiers measure=普惠性幼儿园覆盖率 unit=% tiers=[85,)→2 [80,85)→1 (,80)→0",
    ),
    Case(
        "毛入园率98%及以上得3分；95%（含）至98%（不含）得2分；90%（含）至95%（不含）得1分；90%以下不得分",
        "3",
        "",
        "tiers measure=毛入园率 unit=% tiers=[98,)→3 [95,98)→2 [90,95)→1 (,90)→0",
    ),
    Case(
        "达到100%得5分，90%以上得3分，80%以上得1分，80%以下不得分",
        "5",
        "问题整改率",
        "tiers measure=问题整改率 unit=% tiers=[100,)→5 [90,100)→3 [80,90)→1 (,80)→0",
    ),
    Case(
        "完成目标任务的90%以上得3分，完成80%-90%得2分，完成不足80%的不得分",
        "3",
        "",
        "tiers measure=完成目标任务 unit=% tiers=[90,)→3 [80,90)→2 (,80)→0",
    ),
    Case(
        "教师培训率达到100%的得2分，达到90%以上不足100%的得1分，不足90%的不得分",
        "2",
        "",
        "tiers measure=教师培训率 unit=% tiers=[100,)→2 [90,100)→1 (,90)→0",
    ),
]
CHECKLIST = [
    Case(
        "①建立领导小组（1分）②制定实施方案（0.5分）③有年度总结（0.5分）",
        "2",
        "",
        "checklist points=建立领导小组:1 制定实施方案:0.5 有年度总结:0.5",
    ),
    Case("1.建立台账得2分。2.公示到位得1分。", "3", "", "checklist points=建立台账:2 公示到位:1"),
    Case("全部硬化4分；畅通平整1分。", "5", "", "checklist points=全部硬化:4 畅通平整:1"),
    Case(
        "篮球场、排球场硬化2分，标线规范1分，球架坚固完整安全1分。",
        "4",
        "",
        "checklist points=篮球场、排球场硬化:2 标线规范:1 球架坚固完整安全:1",
    ),
    Case("制度健全（3分）：①有制度（1分）②有方案（2分）", "3", "", "checklist points=有制度:1 有方案:2"),
    Case(
        "1、成立领导小组的得0．5分；2、制定并公布方案的得0．5分，未对外公布的得0．25分",
        "1",
        "",
        "checklist points=成立领导小组:0.5 制定并公布方案:0.5/0.25",
    ),
    Case(
        "成立领导机构得1分，制定工作方案得1分，召开专题会议得1分。",
        "3",
        "",
        "checklist points=成立领导机构:1 制定工作方案:1 召开专题会议:1",
    ),
    Case(
        "(1)健全组织机构(2分)；(2)落实工作经费(3分)；(3)档案资料完整(1分)。",
        "6",
        "",
        "checklist points=健全组织机构:2 落实工作经费:3 档案资料完整:1",
    ),
    Case("一是建立台账，得2分；二是按月更新，得1分。", "3", "", "checklist points=建立台账:2 按月更新:1"),
    Case(
        "1.领导重视（2分）。①党政主要领导亲自抓（1分）②分管领导具体抓（1分）2.制度健全（3分）。①有制度（1分）②有落实（2分）",
        "5",
        "",
        "checklist points=党政主要领导亲自抓:1 分管领导具体抓:1 有制度:1 有落实:2",
    ),
    Case("全面完成得2分，部分完成得1分，未完成不得分", "2", "年度任务", "checklist points=全面完成:2/1"),
    Case(
        "1．组织领导，得２分。２．制度建设，得１．５分。",
        "3.5",
        "",
        "checklist points=组织领导:2 制度建设:1.5",
    ),
    Case(
        "①组织领导（2分）；②每缺1项制度扣0.5分",
        "4",
        "",
        "checklist share=2 points=组织领导:2; per_occurrence measure=制度不足 unit=项 points_each=0.5",
        "sum_differs",
    ),
    Case(
        "①组织领导（2分）②制度建设（1分）",
        "4",
        "",
        "checklist share=3 points=组织领导:2 制度建设:1",
        "sum_differs",
    ),
    Case("①组织领导（2分）②制度建设（1分）", "", "", "checklist points=组织领导:2 制度建设:1"),
]
ALL_OR_NOTHING = [
    Case("未建立台账的不得分", "2", "", "all_or_nothing measure=建立台账 comparison=yes"),
    Case(
        "达到国家标准得满分，否则不得分",
        "2",
        "生均校舍面积",
        "all_or_nothing measure=生均校舍面积达到国家标准 comparison=yes",
    ),
    Case(
        "达到90%得满分，否则不得分",
        "2",
        "巩固率",
        "all_or_nothing measure=巩固率 comparison=at_least standard=90 unit=%",
    ),
    Case("弄虚作假的，该项不得分", "2", "", "all_or_nothing measure=弄虚作假 comparison=no"),
    Case(
        "工程未达到进度要求的扣2分；质量有缺陷的每处扣1分。",
        "10",
        "",
        "all_or_nothing share=2 measure=工程未达到进度要求 comparison=no; per_occurrence measure=质量有缺陷 unit=处 points_each=1",
    ),
    Case(
        "未进行检测评价的不得分，检测项目不全的扣3分；没告知扣3分；未报告扣2分。",
        "10",
        "",
        "all_or_nothing measure=进行检测评价 comparison=yes; all_or_nothing share=3 measure=检测项目不全 comparison=no; all_or_nothing share=3 measure=没告知 comparison=no; all_or_nothing share=2 measure=未报告 comparison=no",
    ),
    Case(
        "完成得基本分，未完成的不得分。",
        "10",
        "污水处理设施",
        "all_or_nothing measure=污水处理设施完成 comparison=yes",
    ),
    Case("无资料不得分", "1", "", "all_or_nothing measure=有资料 comparison=yes"),
    Case(
        "义务教育巩固率低于95%的扣1分",
        "2",
        "",
        "all_or_nothing share=1 measure=义务教育巩固率 comparison=at_least standard=95 unit=%",
    ),
    Case(
        "未建立“一河一档”或者未公示河长名单的不得分",
        "2",
        "",
        "all_or_nothing measure=未建立一河一档或者未公示河长名单 comparison=no",
    ),
    Case("无故不参加会议的不得分", "1", "", "all_or_nothing measure=无故不参加会议 comparison=no"),
    Case("不按要求填报的不得分", "1", "", "all_or_nothing measure=按要求填报 comparison=yes"),
    Case(
        "（5分）查阅资料，无制度扣2分，无台账扣1分，无记录扣2分",
        "5",
        "",
        "all_or_nothing share=2 measure=有制度 comparison=yes; all_or_nothing share=1 measure=有台账 comparison=yes; all_or_nothing share=2 measure=有记录 comparison=yes",
    ),
    Case("未达到的不得分", "2", "师生比达到1:19", "all_or_nothing measure=师生比达到1:19 comparison=yes"),
    Case(
        "完成年度目标任务，未完成的不得分", "2", "", "all_or_nothing measure=完成年度目标任务 comparison=yes"
    ),
    Case(
        "建立安全责任清单，未达到的不得分", "2", "", "all_or_nothing measure=建立安全责任清单 comparison=yes"
    ),
    Case(
        "未超过90%的不得分",
        "2",
        "覆盖率",
        "all_or_nothing measure=覆盖率 comparison=above standard=90 unit=%",
    ),
    Case(
        "未成立领导小组扣1分，无工作方案扣1分，未召开会议扣1分",
        "3",
        "",
        "all_or_nothing share=1 measure=成立领导小组 comparison=yes; all_or_nothing share=1 measure=有工作方案 comparison=yes; all_or_nothing share=1 measure=召开会议 comparison=yes",
    ),
    Case(
        "发生集体性食物中毒事件，该项目不得分",
        "5",
        "",
        "all_or_nothing measure=发生集体性食物中毒事件 comparison=no",
    ),
]
NO_DECREASE = [
    Case(
        "生均公用经费只增不减，下降的扣1分",
        "2",
        "",
        "no_decrease measure=生均公用经费 before=上年生均公用经费 unit= points=1",
    ),
    Case(
        "只增不减，下降的扣0.5分",
        "2",
        "生均教育经费",
        "no_decrease measure=生均教育经费 before=上年生均教育经费 unit= points=0.5",
    ),
    Case(
        "财政教育支出只增不减，未做到的不得分",
        "3",
        "",
        "no_decrease measure=财政教育支出 before=上年财政教育支出 unit= points=3",
    ),
    Case(
        "一般公共预算教育支出比上年下降的，扣2分",
        "2",
        "",
        "no_decrease measure=一般公共预算教育支出 before=上年一般公共预算教育支出 unit= points=2",
    ),
    Case(
        "生均公用经费不低于上年，低于上年的扣1分",
        "2",
        "",
        "no_decrease measure=生均公用经费 before=上年生均公用经费 unit= points=1",
    ),
    Case(
        "财政教育投入比上年减少的，不得分",
        "3",
        "",
        "no_decrease measure=财政教育投入 before=上年财政教育投入 unit= points=3",
    ),
]
BONUS = [
    Case(
        "每获得一项省级表彰加1分，最多加3分",
        "3",
        "加分项",
        "bonus measure=省级表彰 unit=项 points_each=1 cap=3",
    ),
    Case("获国家级表彰加3分，省级加2分，最多加5分", "5", "加分项", "bonus cap=5", "bonus_by_hand"),
    Case(
        "在省级以上媒体每发表1篇加0.5分，最高加2分",
        "2",
        "宣传信息",
        "bonus measure=在省级以上媒体发表 unit=篇 points_each=0.5 cap=2",
    ),
    Case(
        "获得省级以上表彰的，每项加1分，累计加分不超过3分",
        "3",
        "",
        "bonus measure=获得省级以上表彰 unit=项 points_each=1 cap=3",
    ),
    Case("工作经验在全市推广加2分", "2", "加分项目", "bonus cap=2", "bonus_by_hand"),
    Case("①获国家级奖励加2分；②获省级奖励加1分。最多加3分", "3", "", "bonus cap=3", "bonus_by_hand"),
    Case("学生近视率每下降1个百分点加0.5分，最多加2分", "2", "加分", "bonus cap=2", "bonus_by_hand"),
    Case("考核成绩为优秀等次的加2分", "2", "", "bonus cap=2", "bonus_by_hand"),
    Case(
        "创新案例每被省级采用1个加0.5分，每被国家级采用1个加1分，最多加2分",
        "2",
        "加分项",
        "bonus cap=2",
        "bonus_by_hand",
    ),
]
RANKING = [
    Case(
        "按生均经费排名，前4名分别得10、8、6、4分",
        "10",
        "",
        "ranking measure=生均经费 unit= order=highest points=10 8 6 4",
        "order_assumed",
    ),
    Case(
        "按名次得10、8、6、4分",
        "10",
        "满意度",
        "ranking measure=满意度 unit= order=highest points=10 8 6 4",
        "order_assumed",
    ),
    Case(
        "第一名得6分，第二名得5分，第三名得4分，其余得2分",
        "6",
        "编制总量",
        "ranking measure=编制总量 unit= order=highest points=6 5 4 otherwise=2",
        "order_assumed",
    ),
    Case(
        "在全市排名1-5名的依次赋予60分、57分、54分、51分、48分",
        "60",
        "工作绩效",
        "ranking measure=工作绩效 unit= order=highest points=60 57 54 51 48",
        "order_assumed",
    ),
    Case(
        "按人均经费从高到低排名，第1名得5分，第2名得4分，第3名得3分，其他不得分",
        "5",
        "",
        "ranking measure=人均经费 unit= order=highest points=5 4 3",
    ),
    Case(
        "满意度测评前三名分别得3分、2分、1分",
        "3",
        "",
        "ranking measure=满意度测评 unit= order=highest points=3 2 1",
        "order_assumed",
    ),
    Case(
        "满意度由高到低排名，第一名得5分，第二名得4分，其余得3分",
        "5",
        "",
        "ranking measure=满意度 unit= order=highest points=5 4 otherwise=3",
    ),
]
VETO = [
    Case(
        "发生重大安全责任事故的，当年不得评为优秀等次",
        "5",
        "",
        "veto measure=发生重大安全责任事故 effect=bar_grade grade=优秀",
    ),
    Case("发生群体性事件的，降低一个等次", "5", "", "veto measure=发生群体性事件 effect=lower_grade"),
    Case(
        "发生重特大安全事故的，实行一票否决，年度考核不得评为优秀",
        "5",
        "",
        "veto measure=发生重特大安全事故 effect=bar_grade grade=优秀",
    ),
    Case(
        "发生校园欺凌事件造成恶劣影响的，考核结果降低一个等次",
        "5",
        "",
        "veto measure=发生校园欺凌事件造成恶劣影响 effect=lower_grade",
    ),
    Case(
        "取消当年优秀等次资格", "5", "瞒报安全事故", "veto measure=瞒报安全事故 effect=bar_grade grade=优秀"
    ),
]
MANUAL = [
    Case("发生重大安全责任事故的，一票否决", "5", "", "manual", "veto_effect_missing"),
    Case("材料不全的酌情扣分", "2", "", "manual"),
    Case(
        "企业建立专门的安全管理机构的得4分，如安全管理机构与其他部门联合办公的得2分，否则不得分。",
        "4",
        "",
        "manual",
        "condition_unread awards_unread",
    ),
    Case(
        "按照国家规定标准足额保障编制的，得2分。若保障不到位的，每少1%，扣0.1分；但占比高于各地区平均占比加5%的，可不扣分。",
        "2",
        "",
        "manual",
        "exception",
    ),
    Case(
        "完成得基本分；大于目标值的，每增加1%加1分，最高加2分；小于目标值的，每少1%扣1分，扣分至基本分值扣完为止。",
        "5",
        "",
        "manual",
        "bonus_beside standard_missing",
    ),
    Case(
        "达标得满分；每低于达标线 1 个百分点扣 3 分，最多扣完", "10", "成交率", "manual", "standard_missing"
    ),
    Case("优秀得3分，良好得2分，合格得1分", "3", "", "manual", "awards_unread"),
    Case("总分3分", "3", "", "manual"),
    Case("3分", "3", "", "manual"),
    Case("得十分显著的成效", "10", "", "manual"),
    Case(
        "1.领导重视（2分）。①党政主要领导亲自抓（1分）②分管领导具体抓（0.5分）",
        "2",
        "",
        "manual",
        "sum_differs",
    ),
    Case("排名第一得满分，每下降一位扣0.5分", "5", "综合排名", "manual", "count_unread"),
    Case("视情节轻重扣1-3分", "5", "", "manual"),
    Case("根据完成情况酌情给分", "5", "", "manual"),
    Case(
        "检查发现存在问题未整改到位的，每处扣1分；同一问题重复出现的加倍扣分", "5", "", "manual", "exception"
    ),
    Case("得分＝实际完成数÷目标数×分值", "5", "", "manual", "points_unread"),
    Case("以上各项每项1分", "5", "", "manual", "points_unread"),
    Case("合格率≥95%满分；90%-95%每低1%扣0.4分；<85%零分", "4", "", "manual", "standard_ambiguous"),
    Case("考核得分90分以上为优秀", "5", "", "manual", "points_unread"),
    Case("2分钟内响应得1分", "1", "", "manual"),
    Case("每发现 2 处扣 1 分", "3", "垃圾乱堆", "manual", "count_unread"),
    Case("每低于目标值的1%扣0.5分", "3", "GDP增速达到7%", "manual", "relative_step"),
    Case(
        "小学巩固率达到100%、初中巩固率达到95%，每低1个百分点扣0.5分", "3", "", "manual", "standard_ambiguous"
    ),
    Case("未成立领导小组扣2分，无工作方案扣2分", "3", "", "manual", "rules_unfit"),
    Case(
        "1.省级表彰得3分。2.市级表彰得2分。3.县级表彰得1分。",
        "6",
        "",
        "manual",
        "awards_unread awards_unread awards_unread",
    ),
    Case("①组织领导（2分）②制度建设（3分）", "4", "", "manual", "sum_differs"),
    Case("有总结得1分", "", "", "manual"),
    Case("", "5", "", "manual"),
    Case("。；，", "5", "", "manual"),
    Case("考核对象为各乡镇。", "5", "", "manual"),
    Case("每", "5", "", "manual"),
    Case("（（（（5分", "5", "", "manual"),
    Case("得分=100分×50%", "5", "", "manual", "points_unread"),
    Case("会议出勤率每下降1%扣0.2分", "2", "", "manual", "standard_missing"),
    Case("普通话合格率≥90%", "3", "", "manual"),
    Case("前3名分别得5分、3分、4分", "5", "满意度", "manual", "ranking_unread"),
    Case("取得显著成效", "5", "", "manual"),
]

# Wordings that look like another kind than they are, and several kinds together.
MIXED = [
    Case("组织开展培训，每组织一次得0.5分，累计得分不超过2分", "2", "", "manual", "points_unread"),
    Case("每组织一次培训得1分", "2", "", "manual", "points_unread"),
    Case(
        "未达到90%的，每低1个百分点扣0.2分，低于80%的不得分",
        "4",
        "小学巩固率",
        "shortfall measure=小学巩固率 standard=90 direction=at_least unit=% points_per_unit=0.2 rounding=down; all_or_nothing measure=小学巩固率 comparison=at_least standard=80 unit=%",
        "rounding_assumed",
    ),
    Case(
        "小学巩固率达到100%得2分，每低1个百分点扣0.2分。初中巩固率达到95%得2分，每低1个百分点扣0.2分。",
        "4",
        "",
        "shortfall share=2 measure=小学巩固率 standard=100 direction=at_least unit=% points_per_unit=0.2 rounding=down; shortfall share=2 measure=初中巩固率 standard=95 direction=at_least unit=% points_per_unit=0.2 rounding=down",
        "rounding_assumed rounding_assumed",
    ),
    Case(
        "检查10份档案，1份不合格扣0.5分",
        "5",
        "",
        "per_occurrence measure=检查10份档案不合格 unit=份 points_each=0.5",
        "each_assumed",
    ),
    Case(
        "随机抽查5个村，每发现1个村不达标扣1分",
        "5",
        "",
        "per_occurrence measure=村不达标 unit=个 points_each=1",
    ),
    Case("建立台账1分，台账规范1分，未建立不得分", "2", "", "manual", "condition_unread awards_unread"),
    Case(
        "出现以下情形之一的，每项扣1分：1.迟报；2.漏报；3.瞒报",
        "3",
        "",
        "per_occurrence measure=出现以下情形之一 unit=项 points_each=1",
    ),
    Case(
        "未按规定时间上报的扣0.5分，未上报的不得分",
        "2",
        "",
        "all_or_nothing share=0.5 measure=按规定时间上报 comparison=yes; all_or_nothing measure=未上报 comparison=no",
    ),
    Case(
        "第一次扣1分，第二次扣2分，第三次不得分",
        "5",
        "",
        "manual",
        "condition_unread condition_unread condition_unread",
    ),
    Case(
        "全年召开会议4次以上得2分，3次得1分，2次以下不得分",
        "2",
        "",
        "manual",
        "condition_unread awards_unread",
    ),
    Case(
        "全年召开会议4次及以上得2分，3次得1.5分，2次得1分，1次及以下不得分",
        "2",
        "",
        "manual",
        "condition_unread awards_unread",
    ),
    Case(
        "每季度召开1次会议，少一次扣0.5分",
        "2",
        "",
        "per_occurrence measure=每季度召开1次会议不足 unit=次 points_each=0.5",
        "each_assumed",
    ),
    Case(
        "受到国家级表彰的得5分，受到省级表彰的得3分，受到市级表彰的得1分", "5", "", "manual", "awards_unread"
    ),
    Case(
        "投诉率每上升1‰扣1分",
        "3",
        "投诉率不高于3‰",
        "shortfall measure=投诉率 standard=3 direction=at_most unit=‰ points_per_unit=1 rounding=down",
        "rounding_assumed",
    ),
    Case(
        "年内发生责任事故1起扣2分，2起扣4分，3起及以上不得分",
        "5",
        "",
        "manual",
        "count_unread condition_unread condition_unread",
    ),
    Case(
        "落实“三重一大”制度，一项未落实扣1分",
        "3",
        "",
        "per_occurrence measure=落实三重一大制度未落实 unit=项 points_each=1",
        "each_assumed",
    ),
    Case(
        "已达标的得满分，基本达标的得1分，未达标的不得分",
        "2",
        "",
        "manual",
        "condition_unread sum_differs awards_unread",
    ),
    Case(
        "教师参训率未达100%扣1分",
        "2",
        "",
        "all_or_nothing share=1 measure=教师参训率 comparison=at_least standard=100 unit=%",
    ),
    Case("每1个百分点0.1分", "3", "巩固率达到95%", "manual", "points_unread"),
    Case(
        "比上年提高1个百分点以上得2分，持平得1分，下降不得分",
        "2",
        "巩固率",
        "manual",
        "condition_unread awards_unread",
    ),
    Case("GDP增速位居全市第1位得10分，每后移一位减1分", "10", "", "manual", "count_unread"),
    Case(
        "信息被国家级媒体采用每篇加2分、省级每篇加1分，市级每篇加0.5分，最高加5分",
        "5",
        "加分项",
        "bonus cap=5",
        "bonus_by_hand",
    ),
    Case(
        "因工作不力被问责的，一次扣2分，扣完为止；造成恶劣影响的，取消评优资格",
        "4",
        "",
        "per_occurrence measure=工作不力被问责 unit=次 points_each=2; manual",
        "points_unread",
    ),
    Case(
        "有一项不符合要求扣0.5分，三项以上不符合要求的该项不得分",
        "2",
        "",
        "manual",
        "condition_unread condition_unread",
    ),
    Case(
        "学校食堂A级率达到50%以上，每低5个百分点扣0.5分，扣完为止。",
        "2",
        "",
        "shortfall measure=学校食堂A级率 standard=50 direction=at_least unit=% unit_size=5 points_per_unit=0.5 rounding=down",
        "rounding_assumed",
    ),
    Case("经费预算执行率≥95%得2分；＜95%的，得分＝执行率/95%×2分", "2", "", "manual", "awards_unread"),
    Case(
        "未完成的，每少完成10%扣1分",
        "5",
        "任务完成率100%",
        "shortfall measure=任务完成率 standard=100 direction=at_least unit=% unit_size=10 points_per_unit=1 rounding=down",
        "rounding_assumed",
    ),
    Case(
        "配备率达90%以上计2分，80%～89%计1分，80%以下计0分",
        "2",
        "图书",
        "tiers measure=配备率 unit=% tiers=[90,)→2 [80,90)→1 (,80)→0",
        "gap_closed",
    ),
    Case("按时完成得2分，逾期完成得1分，未完成得0分", "2", "", "manual", "condition_unread awards_unread"),
    Case("本项6分。①制度2分②人员2分③经费2分", "6", "", "checklist points=制度:2 人员:2 经费:2"),
    Case(
        "完成率100%，得5分；每降低1个百分点，扣0.5分；低于90%，不得分。",
        "5",
        "",
        "shortfall measure=完成率 standard=100 direction=at_least unit=% points_per_unit=0.5 rounding=down; all_or_nothing measure=完成率 comparison=at_least standard=90 unit=%",
        "rounding_assumed",
    ),
    Case(
        "安全培训覆盖率100%，得5分，每降1%扣1分",
        "5",
        "",
        "shortfall measure=安全培训覆盖率 standard=100 direction=at_least unit=% points_per_unit=1 rounding=down",
        "rounding_assumed",
    ),
]

CASES = [
    *PER_OCCURRENCE, *SHORTFALL, *PROPORTIONAL, *TIERS, *CHECKLIST, *ALL_OR_NOTHING, *NO_DECREASE, *BONUS,
    *RANKING, *VETO, *MANUAL, *MIXED,
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.prose[:40])
def test_prose_is_read_into_exactly_these_rules(case: Case) -> None:
    proposal = read(case)

    assert told(proposal) == case.rules
    assert " ".join(remark.key for remark in proposal.remarks) == case.remarks


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.prose[:40])
def test_what_is_proposed_can_be_stored_and_its_figures_fit(case: Case) -> None:
    proposal = read(case)
    kinds = {measure.code: measure.kind for measure in proposal.measures}

    assert parse_rules(dump_rules(proposal.rules)) == proposal.rules
    faults = faults_of(proposal.rules, kinds, weight=Decimal(case.weight or 1_000), bonus=proposal.is_bonus)
    allowed = {"shares_below_weight"} if "sum_differs" in case.remarks else set()
    assert not case.weight or {fault.key for fault in faults} <= allowed


def test_places_are_those_of_the_prose_as_it_was_given() -> None:
    prose = "加强领导。\n① 建立 台账（１分） ② 按月更新（2分）；多报一篇加0.5分"

    proposal = read_rule_prose(prose, Decimal(3))

    assert [prose[place.start : place.end] for place in proposal.understood] == [
        "建立 台账（１分）",
        "按月更新（2分）；",
    ]
    assert [prose[place.start : place.end] for place in proposal.left] == ["加强领导", "多报一篇加0.5分"]
    assert [measure.name for measure in proposal.measures] == ["建立台账", "按月更新"]


def test_a_column_that_breaks_words_breaks_no_rule() -> None:
    prose = "小学标准班额占比达到90\n%以上，每低于标准1个百\n分点扣0.1\n分"

    (rule,) = read_rule_prose(prose, Decimal(4)).rules

    assert rule.kind == "shortfall"


def test_numbers_apart_are_not_read_as_one() -> None:
    assert read_rule_prose("每少1次扣1 2分", Decimal(30), "会议").is_manual


def test_lines_make_a_list_where_each_ends_with_its_points() -> None:
    case = Case("有制度得1分\n有方案得2分", "3", "", "checklist points=有制度:1 有方案:2")

    assert told(read(case)) == case.rules


def test_the_same_words_in_two_sub_points_are_two_figures() -> None:
    proposal = read_rule_prose("①资料齐全（1分）②资料齐全（2分）", Decimal(3))

    assert [measure.name for measure in proposal.measures] == ["资料齐全", "资料齐全（2）"]


def test_points_that_do_not_add_up_are_named_with_the_difference() -> None:
    (remark,) = read_rule_prose("1.建立台账，得1分。2.切割船舶，得1分。", Decimal(3)).remarks

    assert dict(remark.values) == {"sum": "2", "weight": "3", "difference": "1"}
    with override("en"):
        assert remark_in_words(remark) == "The points stated add up to 2 of 3; difference 1."


def test_every_remark_has_words() -> None:
    remarks = [remark for case in CASES for remark in read(case).remarks]

    with override("en"):
        assert all("%(" not in remark_in_words(remark) for remark in remarks)


def test_prose_longer_than_anybody_writes_is_not_read() -> None:
    proposal = read_rule_prose("每少1次扣1分。" * LONGEST, Decimal(5))

    assert proposal.is_manual
    assert [remark.key for remark in proposal.remarks] == ["too_long"]
