"""What a web page or a printer puts around a report: recognised line by line and left out."""

import re
from typing import Final

_FURNITURE: Final = re.compile(
    r"""您?(?:当前|现在)?(?:所在)?(?:的)?位置[:：]
    | (?:访问量|浏览量|浏览次数|阅读次数|点击量|点击数|点击率)[:：]?\s{0,4}[0-9]{0,9}次?$
    | (?:(?:信息)?来源|(?:发布|发文|更新)(?:时间|日期)|作者|编辑|责任编辑|审核|字号|字体)[:：].{0,40}$
    | 首页\s{0,4}[>»] | \|\s{0,4}\S
    | [-—–]{1,2}\s{0,4}[0-9]{1,4}\s{0,4}[-—–]{1,2}$
    | 第\s{0,2}[0-9]{1,4}\s{0,2}页(?:\s{0,2}[,，/]?\s{0,2}共\s{0,2}[0-9]{1,4}\s{0,2}页)?$
    | (?:扫码浏览|扫一扫|微博|微信|抖音|分享到?|打印(?:本页)?|关闭(?:窗口)?|返回顶部|Baidu|map)$
    | (?:上一篇|下一篇|版权所有|网站地图|联系我们|主办单位|[一-鿿]ICP备).{0,60}$
    """,
    re.VERBOSE,
)
_SHORT: Final = 30
_LONGEST: Final = 200


def is_furniture(line: str) -> bool:
    """Whether a line (without surrounding space) belongs to the page around a report, not to the report."""
    return len(line) <= _LONGEST and _FURNITURE.match(line) is not None


def body_length(texts: list[str]) -> int:
    """How many of the lines stand before the page's foot.

    The foot begins with the first line of furniture after which only short lines without punctuation follow.
    """
    end = len(texts)
    foot = end
    while end and _is_scrap(texts[end - 1]):
        end -= 1
        if is_furniture(texts[end]):
            foot = end
    return foot


def _is_scrap(text: str) -> bool:
    return len(text) <= _SHORT and not text.startswith("\\") and not any(mark in text for mark in "。；！？")


_SITE_NAME: Final = re.compile(r"[|>»\-—_]{1,3}")


def site_names(lines: list[str]) -> list[str]:
    """Names a page gives itself in its furniture ("| 政务要闻官网下载 - 某某区"), longest first.

    Such a name may stand glued before the title.
    """
    names = {part.strip() for line in lines for part in _SITE_NAME.split(line)}
    return sorted((name for name in names if len(name) >= 4), key=len, reverse=True)
