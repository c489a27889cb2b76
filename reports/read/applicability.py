"""Items answered with 暂无: the subject of the item does not exist, and nothing else is said."""

import re
from typing import Final

_NONE: Final = re.compile(
    r"(?:目前|现阶段)?,?[^,。;:]{0,20}?(?:暂无|暂未设立|暂未设置|暂未开办|没有设立|没有设置|未设立|未设置)"
    r"(?!违|无|不|大班|超)[^,。;:]{0,30}"
    r"(?:学校|学院|院校|高中|初中|中学|小学|中职|职校|职高|幼儿园|园所|教学点|机构|基地|企业|教育|项目|任务)。?"
)
_NOT_CONCERNED: Final = re.compile(
    r"[^,。;:]{0,20}?(?:不涉及(?:此项|本项|该项)?|无此项|此项不适用|该项不适用)[^,。;:]{0,12}。?"
)
_LONGEST: Final = 60


def is_not_applicable(text: str) -> bool:
    """Whether 暂无 is the whole answer.

    「目前,我区暂无特殊教育学校委托…」 goes on to say what is done instead, and 「暂无违规行为」 answers the
    item: both are applicable.
    """
    if len(text) > _LONGEST:
        return False
    folded = text.replace("，", ",").replace("；", ";").replace("：", ":")
    return bool(_NONE.fullmatch(folded) or _NOT_CONCERNED.fullmatch(folded))
