"""What tells who somebody is by its shape alone: numbers, addresses of all kinds, names beside a title."""

import re
from collections.abc import Iterator
from typing import Final

from .folding import HAN
from .marks import Found, Mark

_H: Final = f"[{HAN}]"
#: the hundred most frequent family names of the 2020 census' name report (Ministry of Public Security), and common double ones
_FAMILY_NAMES: Final = (
    "(?:欧阳|上官|司马|诸葛|司徒|夏侯|皇甫|尉迟|"
    "[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金"
    "韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤])"
)
_TITLES: Final = (
    "(?:医生|医师|大夫|主任|护士|护师|教授|老师|院长|先生|女士|太太|阿姨|叔叔|妈妈|爸爸|奶奶|爷爷|外婆|某某?|氏)"
)
_NAME_LABELS: Final = (
    "(?:姓名|名字|患儿名|联系人|监护人|母亲|父亲|家长|签名|签字|记录者|报告医师|审核医师|报告者|主治医师|管床医师)"
)
_NUMBER_LABELS: Final = (
    r"(?:mrn|medical\s+record(?:\s+(?:no|number))?|record\s+(?:no|number)|hospital\s+(?:no|number)|"
    r"patient\s+(?:id|no|number)|admission\s+(?:no|number)|case\s+(?:no|number)|accession(?:\s+(?:no|number))?|"
    r"study\s+id|passport(?:\s+(?:no|number))?|insurance\s+(?:no|number)|card\s+(?:no|number)|bed(?:\s+(?:no|number))?|"
    r"住院号|门诊号|病案号|病历号|登记号|就诊号|就诊卡号?|检查号|影像号|标本号|条码号?|床号|护照号?码?|医保号|医保卡号?|社保号|社保卡号?|卡号|编号|"
    r"病人号|患者号|身份证号?码?)"
)
_RELATIVES: Final = "(?:奶奶|爷爷|外婆|外公|姥姥|姥爷|祖母|祖父|母亲|父亲|妈妈|爸爸|其母|其父|患儿母|患儿父|姑姑|叔叔|舅舅|阿姨|监护人|联系人|家长|家属)"
#: what stands after a name where nothing parts it from the next word
_AFTER_NAME: Final = "[带诉称说述告来送抱陪代为在于因发从给把和与及电签、]"
_CAPITAL: Final = r"[A-Z][A-Za-z'\-]+"
_CAPITALS: Final = rf"{_CAPITAL}(?:\s+{_CAPITAL}){{0,2}}"
_ROADS: Final = r"(?:Road|Rd|Street|St|Lane|Ln|Avenue|Ave|Drive|Close|Alley|Square)"
_AREAS: Final = r"(?:Village|County|District|Township|Town|City|Province|Prefecture|Estate)"
_HOUSES: Final = r"(?:Hospital|Clinic|Health\s+Cent(?:re|er)|School|Kindergarten|Nursery|Infirmary|Orphanage)"

#: (mark, pattern, whether nothing else looks like it, whether capitals matter); the group `it`, where there is one, is
#: what is replaced.
_PATTERNS: Final[tuple[tuple[Mark, str, bool, bool], ...]] = (
    (Mark.IDENTITY, r"(?<![0-9A-Za-z])[1-9][0-9]{5}[\s\-]?(?:18|19|20)[0-9]{2}[\s\-]?[0-9]{4}[\s\-]?[0-9]{3}[0-9X](?![0-9A-Za-z])",
     True, False),
    (Mark.IDENTITY, r"(?<![0-9A-Za-z])[1-9][0-9]{5}[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}(?![0-9A-Za-z])",
     True, False),
    (Mark.IDENTITY, r"(?<![0-9A-Za-z])[1-9](?:[\s\-.]?[0-9]){5}[\s\-.]?(?:1[\s\-.]?[89]|2[\s\-.]?0)(?:[\s\-.]?[0-9]){9}[\s\-.]?[0-9X]"
     r"(?![0-9A-Za-z])", True, False),
    (Mark.PHONE, r"(?<![0-9])(?:(?:\+|00)?86[\s\-.]?)?1[3-9][0-9](?:[\s\-.\u2010-\u2015]?[0-9]{4}){2}(?![0-9])", True, False),
    (Mark.PHONE, r"(?<![0-9.])(?:(?:\+|00)?86[\s\-.]?)?1[3-9][0-9][\s\-.\u2010-\u2015][0-9]{3}[\s\-.\u2010-\u2015]?[0-9]{5}(?![0-9])",
     True, False),
    (Mark.PHONE, r"(?<![0-9])1[\s\-.]?[3-9](?:[\s\-.]?[0-9]){9}(?![0-9])", False, False),
    (Mark.PHONE, r"(?<![0-9.])\(?0[0-9]{2,3}\)?[\s\-]?[2-9][0-9]{2,3}[\s\-]?[0-9]{4}(?![0-9])", True, False),
    (Mark.PHONE, r"(?<![0-9A-Za-z])\+[0-9](?:[\s\-()]{0,2}[0-9]){6,14}(?![0-9])", True, False),
    (Mark.PHONE, r"(?:tel|telephone|phone|mobile|cell|fax|call|电话|手机|座机|联系方式)(?:\s*(?:no|number|号码?))?[\s.:：#]*"
     r"(?P<it>\+?[0-9](?:[\s\-]?[0-9]){5,14})", True, False),
    (Mark.CONTACT, r"[A-Za-z0-9._%+\-]+\s?@\s?[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+", True, False),
    (Mark.CONTACT, r"(?:https?://|www\.)[^\s，。；、）)\]]+", True, False),
    (Mark.CONTACT, r"(?:wechat|weixin|微信|qq|whatsapp|抖音)(?:\s*(?:id|号码?|账号))?[\s.:：#]*(?P<it>[A-Za-z0-9_\-]{5,20})", True, False),
    (Mark.NUMBER, rf"{_NUMBER_LABELS}[\s.:：#]*(?P<it>[A-Za-z]{{0,4}}[\-/]?[0-9][A-Za-z0-9\-/]*)", True, False),
    (Mark.NUMBER, rf"{_NUMBER_LABELS}[\s.:：#]*(?P<it>[A-Za-z]{{0,4}}[\-/]?[0-9]{{2,}}(?:[ \-/.][0-9]{{2,}})+[A-Za-z]?)(?![0-9])", True,
     False),
    (Mark.NUMBER, r"(?P<it>(?<![0-9])[0-9]{1,3})\s*(?:号床|床(?!旁|位|边|头|上))", True, False),
    (Mark.NUMBER, r"(?<![0-9A-Za-z.])[A-Za-z]{1,3}[\-/]?[0-9]{5,}(?![0-9A-Za-z])", False, False),
    (Mark.NUMBER, r"(?<![0-9A-Za-z.])[0-9]{6,}(?![0-9A-Za-z])", False, False),
    (Mark.NAME, rf"{_NAME_LABELS}\s*[:：]\s*(?P<it>{_H}{{2,4}}|{_CAPITALS})", True, True),
    (Mark.NAME, rf"(?P<it>{_FAMILY_NAMES}{_H}{{0,2}}?){_TITLES}", False, False),
    (Mark.NAME, rf"{_RELATIVES}\s*(?P<it>{_FAMILY_NAMES}{_H}{{1,2}}?)(?=$|[^{HAN}]|{_AFTER_NAME})", False, False),
    (Mark.NAME, rf"\b(?:[Mm]other|[Ff]ather|[Gg]rand(?:mother|father)|[Mm]um|[Dd]ad|[Aa]unt|[Gg]uardian|[Cc]ontact)\s+(?P<it>{_CAPITALS})", False,
     True),
    (Mark.NAME, rf"(?:名叫|叫做|取名|乳名|小名|大名|昵称)\s*[“\"']?(?P<it>{_H}{{2,3}}|{_CAPITALS})", False, True),
    (Mark.NAME, rf"\b(?:Dr|Mr|Mrs|Ms|Miss|Prof|Professor|Doctor|Nurse|Auntie|Uncle|Sister)\b\.?\s+(?P<it>{_CAPITALS})", True, True),
    (Mark.NAME, rf"\b(?:[Nn]amed|[Cc]alled|[Nn]ickname[d]?|[Ss]igned(?:\s+by)?|[Rr]eported\s+by|[Kk]nown\s+as)\s*:?\s+(?P<it>{_CAPITALS})", False, True),
    (Mark.NAME, rf"\b(?:[Nn]ame|NAME|[Mm]other|[Ff]ather|[Gg]uardian|[Pp]atient|[Cc]hild)\s*:\s*(?P<it>{_CAPITALS})", True, True),
    (Mark.PLACE, rf"{_H}{{1,6}}?(?:省|自治区|市|县|镇|乡|村|街道|小区|新村|花园|公寓)"
     rf"(?:[{HAN}0-9A-Za-z\-]{{0,10}}?(?:区|县|镇|乡|村|街道|小区|路|街|巷|弄|号|室|栋|幢|单元|楼|组|队))*", False, False),
    (Mark.PLACE, rf"{_H}{{1,6}}(?:路|街|巷|大道|弄|里|村)\s*[0-9]+\s*(?:弄|号|巷|栋|幢|组)(?:\s*[0-9]+\s*(?:号楼?|室|栋|幢|单元|楼))*", True, False),
    (Mark.PLACE, r"(?<![0-9])[0-9]+\s*(?:栋|幢|号楼|单元|室(?!上|性|间|内|壁|旁|颤|速|早))", False, False),
    (Mark.PLACE, rf"{_H}{{2,8}}(?:幼儿园|托儿所|小学|中学|学校|医院|卫生院|卫生服务中心|卫生室|诊所|福利院)", False, False),
    (Mark.PLACE, rf"\b[0-9]{{1,5}}[A-Za-z]?,?\s+(?:{_CAPITAL}\s+){{1,3}}{_ROADS}\b\.?", True, True),
    (Mark.PLACE, rf"\b(?:{_CAPITAL}\s+){{1,3}}{_ROADS}\b\.?(?:\s*,?\s*(?:[Nn]o\.?\s*)?[0-9]+)", True, True),
    (Mark.PLACE, r"\b(?:Flat|Room|Apartment|Apt|Unit|Building|Block|House)\s*(?:[Nn]o\.?\s*)?[0-9]+[A-Za-z]?\b", False, True),
    (Mark.PLACE, r"(?<![一二三四五六七八九十百])[一二三四五六七八九十百]{1,5}\s*号(?:院|楼|房|室)?(?!床|染|[一-龥]?菌)", False, False),
    (Mark.PLACE, rf"{_H}{{2,4}}州(?![一-龥]?[学病])", False, False),
    (Mark.PLACE, rf"\b(?:{_CAPITAL}\s+){{1,3}}{_AREAS}\b", False, True),
    (Mark.PLACE, rf"\b(?!(?:The|This|That|Her|His|Our|Their|In|From|Each|Every)\b){_CAPITAL}\s+(?i:{_AREAS})\b", False, True),
    (Mark.PLACE, rf"\b(?:{_CAPITAL}\s+){{1,5}}{_HOUSES}\b", False, True),
)  # fmt: skip
_COMPILED: Final = tuple(
    (mark, re.compile(pattern, 0 if capitals else re.IGNORECASE), sure) for mark, pattern, sure, capitals in _PATTERNS
)


def find_foreign(text: str) -> Iterator[Found]:
    """Chinese characters in an English text: seldom anything but a name."""
    for hit in re.finditer(f"{_H}{{2,}}", text):
        yield Found(hit.start(), hit.end(), Mark.NAME, sure=False)


def find_patterns(text: str) -> Iterator[Found]:
    """`text` is folded."""
    for mark, pattern, sure in _COMPILED:
        named = "it" in pattern.groupindex
        for hit in pattern.finditer(text):
            start, end = hit.span("it" if named else 0)
            yield Found(start, end, mark, sure)
