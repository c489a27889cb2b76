"""Items answered with 暂无: the subject of the item does not exist, and nothing else is said."""

import re
from typing import Final

_NOW: Final = r"(?:(?:截至)?目前|现阶段|现|尚)?"
# 无 alone is also the beginning of a word (实现无烟学校), so that it must follow the place.
_PLACE: Final = rf"[^,。;:]{{0,20}}?(?:区|县|市|旗|乡|镇|校|园|域|境内|辖区内|范围内){_NOW}"
_ABSENT: Final = (
    r"(?:[^,。;:]{0,20}?(?:暂无|暂没有|暂未(?:设立|设置|开办)|没有(?:设立|设置|开办)|未(?:设立|设置|开办))"
    rf"|{_PLACE}(?:并)?(?:没有|无(?![证烟毒障])))"
)
_KIND: Final = (
    r"(?:学校|学院|院校|高中|初中|中学|小学|中职|职校|职高|幼儿园|园所|教学点|机构|基地|企业|教育|项目|任务)"
)
_OF_ITS_OWN: Final = r"(?:(?:独立|单独|专门)(?:设置|设立|建制)?的)?"
_NONE: Final = re.compile(rf"{_NOW},?{_ABSENT}{_OF_ITS_OWN}([^,。;:]{{0,30}}){_KIND}。?")
_NOT_CONCERNED: Final = re.compile(
    r"[^,。;:]{0,20}?(?:不涉及(?:此项|本项|该项)?|无此项|此项不适用|该项不适用)[^,。;:]{0,12}。?"
)
_FAULTS: Final = re.compile(
    r"的|违|不|无|未|问题|欠|拖|超|大班|大校额|重点班|实验班|快慢班|乱|事故|隐患|危房|薄弱|挤占|挪用|截留|投诉|侵"
)
"""Words of what a district is to be free of: 暂无欠薪问题学校 answers the item."""
_LONGEST: Final = 60


def is_not_applicable(text: str) -> bool:
    """Whether 暂无 is the whole answer.

    「目前,我区暂无特殊教育学校委托…」 goes on to say what is done instead, and 「暂无违规行为」 and
    「没有设立重点班的学校」 answer the item: all are applicable.
    """
    if len(text) > _LONGEST:
        return False
    folded = text.replace("，", ",").replace("；", ";").replace("：", ":")
    if _NOT_CONCERNED.fullmatch(folded):
        return True
    absent = _NONE.fullmatch(folded)
    return absent is not None and not _FAULTS.search(absent[1])
