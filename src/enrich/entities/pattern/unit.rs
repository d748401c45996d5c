//! Units and classifiers, and which of them make a number an amount.

use super::super::text::Cursor;
use super::super::words::Table;
use super::number::{Number, Style};
use std::sync::LazyLock;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Money, ISO 4217.
    Money(&'static str),
    /// A length of time.
    Time(&'static str),
    /// A measure of length, area, volume, mass, energy: meant as one even with 一.
    Size(&'static str),
    /// Percent, people, things.
    Plain(&'static str),
}

impl Unit {
    /// Whether 多 may follow it: 两年多, 三公里多.
    pub(super) fn lasts(self) -> bool {
        matches!(self, Self::Time(_) | Self::Size(_))
    }
}

/// Longest first where one begins another.
const MONEY: [(&str, &str); 31] = [
    ("元人民币", "CNY"),
    ("元/", "CNY"),
    ("块多钱", "CNY"),
    ("多块钱", "CNY"),
    ("来块钱", "CNY"),
    ("块钱", "CNY"),
    ("元整", "CNY"),
    ("银元", "CNY"),
    ("美元", "USD"),
    ("美金", "USD"),
    ("欧元", "EUR"),
    ("英镑", "GBP"),
    ("日元", "JPY"),
    ("港元", "HKD"),
    ("港币", "HKD"),
    ("澳元", "AUD"),
    ("加元", "CAD"),
    ("韩元", "KRW"),
    ("新台币", "TWD"),
    ("卢布", "RUB"),
    ("卢比", "INR"),
    ("泰铢", "THB"),
    ("法郎", "CHF"),
    ("马克", "DEM"),
    ("新加坡元", "SGD"),
    ("瑞士法郎", "CHF"),
    ("澳门元", "MOP"),
    ("人民币", "CNY"),
    ("元钱", "CNY"),
    ("余元", "CNY"),
    ("元", "CNY"),
];

const TIME: [&str; 27] = [
    "个工作日",
    "个交易日",
    "个小时",
    "个多小时",
    "个半小时",
    "个多月",
    "个半月",
    "个月",
    "个星期",
    "个季度",
    "个年头",
    "个昼夜",
    "工作日",
    "小时",
    "分钟",
    "秒钟",
    "星期",
    "周岁",
    "学时",
    "课时",
    "周年",
    "秒",
    "天",
    "岁",
    "年",
    "周",
    "昼夜",
];

const SIZE: [&str; 51] = [
    "平方公里",
    "平方千米",
    "平方厘米",
    "平方米",
    "立方厘米",
    "立方米",
    "千瓦时",
    "兆瓦时",
    "吨标准煤",
    "公里/小时",
    "千米/小时",
    "微克/立方米",
    "毫克/升",
    "标准箱",
    "英里",
    "海里",
    "公里",
    "千米",
    "厘米",
    "毫米",
    "微米",
    "纳米",
    "公顷",
    "公斤",
    "千克",
    "毫克",
    "微克",
    "毫升",
    "千瓦",
    "兆瓦",
    "摄氏度",
    "华里",
    "英寸",
    "英尺",
    "立方",
    "平方",
    "平米",
    "亩",
    "米",
    "吨",
    "克",
    "斤",
    "升",
    "里",
    "尺",
    "℃",
    "m²",
    "㎡",
    "km",
    "kg",
    "度",
];

const PLAIN: [&str; 105] = [
    "个百分点",
    "个基点",
    "个标准箱",
    "个楼栋",
    "人次",
    "户次",
    "车次",
    "架次",
    "场次",
    "班次",
    "台次",
    "件次",
    "例次",
    "航次",
    "标箱",
    "TEU",
    "%",
    "‰",
    "余个",
    "余名",
    "名",
    "位",
    "人",
    "户",
    "口",
    "家",
    "个",
    "项",
    "件",
    "条",
    "座",
    "台(套)",
    "件(套)",
    "套(件)",
    "批次",
    "台套",
    "台",
    "辆",
    "架",
    "艘",
    "套",
    "栋",
    "幢",
    "间",
    "所",
    "处",
    "场",
    "次",
    "批",
    "支",
    "只",
    "头",
    "匹",
    "羽",
    "棵",
    "株",
    "盆",
    "本",
    "册",
    "份",
    "篇",
    "首",
    "幅",
    "张",
    "部",
    "枚",
    "块",
    "片",
    "颗",
    "粒",
    "根",
    "列",
    "班",
    "趟",
    "组",
    "对",
    "双",
    "门",
    "种",
    "类",
    "轮",
    "排",
    "倍",
    "单",
    "宗",
    "起",
    "例",
    "桶",
    "碗",
    "束",
    "页",
    "盏",
    "尾",
    "峰",
    "副",
    "包",
    "筐",
    "顿",
    "车",
    "窝",
    "瓶",
    "盒",
    "箱",
    "袋",
    "成",
];

static UNITS: LazyLock<Table<Unit>> = LazyLock::new(|| {
    let money = MONEY.iter().map(|(word, code)| (*word, Unit::Money(code)));
    let time = TIME.iter().map(|word| (*word, Unit::Time(word)));
    let size = SIZE.iter().map(|word| (*word, Unit::Size(word)));
    let plain = PLAIN.iter().map(|word| (*word, Unit::Plain(word)));
    Table::beginning(money.chain(time).chain(size).chain(plain))
});

/// Reads the unit that stands here.
pub(super) fn read(cursor: &mut Cursor, number: &Number) -> Option<Unit> {
    while cursor.eat(" ") {}
    if cursor.sees_any(&["元旦", "元宵", "元素", "元件", "元月"]) {
        return None;
    }
    let mut ahead = *cursor;
    let unit = ahead.eat_in(&UNITS)?;
    if let Unit::Money(_) = unit
        && ahead.before() == Some('/')
    {
        cursor.bump();
        return Some(unit);
    }
    *cursor = ahead;
    let year =
        unit == Unit::Time("年") && number.style == Style::Digits && number.amount.len() == 4;
    (!year).then_some(unit)
}

/// Words that a number and a classifier begin without counting anything.
const IDIOMS: [(&str, &[&str]); 34] = [
    (
        "个",
        &[
            "维护",
            "意识",
            "自信",
            "确立",
            "代表重要",
            "全面",
            "务必",
            "一批",
            "面向",
            "文明",
            "性",
            "体",
            "税",
        ],
    ),
    ("位", &["一体", "数", "列", "居", "于", "置"]),
    (
        "次",
        &[
            "产业",
            "会议",
            "全体",
            "全国",
            "党代会",
            "方",
            "元",
            "函数",
            "世界",
            "常委",
            "创业",
        ],
    ),
    ("家", &["子", "庭", "常", "园", "门", "长", "属", "乡"]),
    (
        "人",
        &[
            "大", "民", "才", "口", "员", "工", "事", "间", "物", "类", "世", "行", "生", "均",
            "格", "社",
        ],
    ),
    (
        "年",
        &[
            "一遇", "级", "代", "制", "度", "轻", "货", "夜", "龄", "底", "初", "末",
        ],
    ),
    (
        "成",
        &[
            "为", "立", "功", "果", "员", "本", "熟", "长", "都", "就", "效", "绩", "品", "交",
            "年",
        ],
    ),
    ("门", &["口", "诊", "店", "户", "面", "类", "票"]),
    ("口", &["岸", "井", "气", "号", "径", "腔"]),
    ("对", &["于", "外", "口", "接", "象", "一"]),
    ("台", &["湾", "州", "风", "阶", "账", "北", "海"]),
    ("起", &["来", "步", "义", "诉", "点", "草", "降"]),
    ("轮", &["车", "船", "胎", "流", "岗", "换", "椅"]),
    ("里", &["程", "面", "屯", "河", "店"]),
    ("度", &["假", "过", "电器"]),
    ("本", &["科", "报", "地", "级", "次", "届"]),
    ("组", &["织", "成", "建", "长", "团", "合", "图"]),
    ("只", &["有", "要", "是", "能"]),
    ("处", &["级", "理", "于", "长", "罚", "分", "方"]),
    ("部", &["委", "门", "队", "分", "长", "署", "级"]),
    ("班", &["子", "级", "长", "车", "主"]),
    ("株", &["洲"]),
    ("条", &["例", "件", "路线", "战线"]),
    ("所", &["以", "有", "在", "谓", "长"]),
    (
        "周",
        &[
            "边", "围", "年", "密", "到", "岁", "一", "二", "三", "四", "五", "六", "日",
        ],
    ),
    ("天", &["然", "下", "气", "津", "空", "宫", "元"]),
    ("页", &["岩", "面"]),
    ("车", &["间", "道", "站", "祸", "辆", "床"]),
    ("尾", &["号", "矿", "气", "水"]),
    ("包", &["括", "装", "村", "联", "保", "户", "干"]),
    (
        "副",
        &[
            "市", "县", "书", "主", "局", "总", "职", "省", "区", "院", "校", "食",
        ],
    ),
    ("峰", &["会", "值", "谷"]),
    ("束", &["缚"]),
    ("支", &["持", "部", "付", "撑", "援", "行", "出", "队伍"]),
];

/// Whether a number of this style with this unit is an amount, seen from its neighbours.
pub(super) fn fits(unit: Unit, number: &Number, before: Option<char>, after: &Cursor) -> bool {
    let name = match unit {
        Unit::Money("CNY") => {
            let algebra = after.before() == Some('元')
                && after.sees_any(&["化", "一次", "二次", "论", "结构", "格局"]);
            // 亿元以上项目 counts nothing.
            return !algebra && (number.more || !matches!(number.style, Style::Some | Style::Bare));
        }
        Unit::Money(_) => return true,
        Unit::Time(name) | Unit::Size(name) | Unit::Plain(name) => name,
    };
    let idiom = IDIOMS
        .iter()
        .any(|(word, tails)| *word == name && after.sees_any(tails));
    if idiom {
        return false;
    }
    let rank = before == Some('前') && matches!(name, "名" | "位" | "家" | "个" | "年");
    if rank {
        return false;
    }
    match number.style {
        Style::Digits => name != "成" || number.amount.len() == 1,
        Style::Chinese | Style::Pair(_) => !matches!(name, "里" | "度" | "周"),
        Style::Single if number.amount == "1" => match unit {
            // 一天 is a day; 有一天 and 这一天 are none.
            Unit::Time("天") => {
                !after.sees(",") && before.is_none_or(|c| !"有这那某每同第前后头的当又".contains(c))
            }
            Unit::Time(name) => !matches!(name, "年" | "周" | "秒" | "个年头"),
            Unit::Size(name) => !matches!(name, "里" | "度" | "米" | "平方" | "立方" | "升" | "尺"),
            _ => false,
        },
        Style::Single => {
            !matches!(name, "里" | "度" | "成" | "周" | "排" | "班" | "类" | "口")
                || (name == "成" && number.amount != "2")
        }
        Style::Bare => number.more && !matches!(name, "里" | "度" | "年"),
        Style::Some => false,
    }
}
