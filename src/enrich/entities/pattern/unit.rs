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
        matches!(self, Self::Time(_) | Self::Size(_) | Self::Plain("成"))
    }
}

/// Longest first where one begins another.
const MONEY: [(&str, &str); 63] = [
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
    ("新西兰元", "NZD"),
    ("澳大利亚元", "AUD"),
    ("加拿大元", "CAD"),
    ("新元", "SGD"),
    ("新币", "SGD"),
    ("台币", "TWD"),
    ("澳币", "AUD"),
    ("加币", "CAD"),
    ("纽币", "NZD"),
    ("澳门币", "MOP"),
    ("瑞典克朗", "SEK"),
    ("挪威克朗", "NOK"),
    ("丹麦克朗", "DKK"),
    ("林吉特", "MYR"),
    ("马来西亚林吉特", "MYR"),
    ("印尼盾", "IDR"),
    ("越南盾", "VND"),
    ("菲律宾比索", "PHP"),
    ("墨西哥比索", "MXN"),
    ("迪拉姆", "AED"),
    ("里亚尔", "SAR"),
    ("坚戈", "KZT"),
    ("图格里克", "MNT"),
    ("缅币", "MMK"),
    ("缅元", "MMK"),
    ("基普", "LAK"),
    ("瑞尔", "KHR"),
    ("兹罗提", "PLN"),
    ("福林", "HUF"),
    ("里拉", "TRY"),
    ("兰特", "ZAR"),
    ("雷亚尔", "BRL"),
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

const TIME: [&str; 37] = [
    "个工作日",
    "个礼拜",
    "个钟头",
    "个世纪",
    "刻钟",
    "钟头",
    "礼拜",
    "晚",
    "夜",
    "季",
    "日",
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

const SIZE: [&str; 54] = [
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
    "寸",
    "斗",
    "瓦",
    "℃",
    "m²",
    "㎡",
    "km",
    "kg",
    "度",
];

const PLAIN: [&str; 146] = [
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
    "册次",
    "件(套)",
    "件(组)",
    "台(件)",
    "套(件)",
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
    "步",
    "针",
    "稿",
    "把",
    "节",
    "道",
    "通",
    "茬",
    "眼",
    "封",
    "行",
    "圈",
    "站",
    "层",
    "姓",
    "字",
    "国",
    "省",
    "锅",
    "罐",
    "杯",
    "回",
    "下",
    "面",
    "章",
    "期",
    "版",
    "叠",
    "样",
    "遍",
    "声",
    "段",
    "代",
    "届",
    "床",
    "顶",
    "级",
    "分",
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
const IDIOMS: [(&str, &[&str]); 57] = [
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
            "一遇", "一贯", "一度", "四季", "之计", "到头", "级", "代", "制", "度", "轻", "货",
            "夜", "龄", "底", "初", "末",
        ],
    ),
    (
        "成",
        &[
            "不变", "为", "立", "功", "果", "员", "本", "熟", "长", "都", "就", "效", "绩", "品",
            "交", "年",
        ],
    ),
    ("门", &["口", "诊", "店", "户", "面", "类", "票"]),
    (
        "口",
        &[
            "岸", "气", "号", "径", "腔", "之", "子", "村", "镇", "味", "人家",
        ],
    ),
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
    ("支", &["持", "部", "付", "撑", "援", "行", "出"]),
    ("项", &["规定"]),
    ("张", &["皮"]),
    (
        "米",
        &[
            "第",
            "决赛",
            "短跑",
            "赛跑",
            "接力",
            "自由泳",
            "蛙泳",
            "蝶泳",
            "仰泳",
            "栏",
            "冠军",
            "项目",
            "比赛",
        ],
    ),
    ("步", &["行", "骤", "入", "伐", "走", "兵", "道", "曲"]),
    ("针", &["对", "灸", "织", "线", "孔", "叶", "眼", "管"]),
    ("稿", &["件", "子", "费", "酬"]),
    (
        "把",
        &["关", "握", "手", "脉", "控", "戏", "式", "它", "他", "这"],
    ),
    (
        "节",
        &[
            "日", "目", "能", "气", "水", "约", "点", "省", "令", "假", "育",
        ],
    ),
    (
        "道",
        &[
            "路", "口", "德", "具", "长", "理", "教", "岔", "闸", "观", "歉", "别", "光", "河",
            "沟", "江", "梁", "湾", "镇", "村", "街", "白", "外",
        ],
    ),
    (
        "眼",
        &[
            "睛", "镜", "科", "光", "前", "看", "下", "底", "界", "神", "见",
        ],
    ),
    ("封", &["闭", "锁", "面", "路", "控", "山", "顶"]),
    ("圈", &["子", "粉", "养", "定"]),
    ("层", &["面", "次", "级", "出", "林"]),
    ("姓", &["名", "氏"]),
    ("锅", &["炉", "盔", "巴"]),
    ("罐", &["头", "车"]),
    ("杯", &["赛"]),
    ("样", &["式", "本", "板", "子", "品", "貌", "的"]),
    ("章", &["节", "程", "鱼"]),
    ("夜", &["暴", "成名", "情", "间", "里", "宵", "市", "景"]),
    ("晚", &["上", "会", "报", "间", "饭", "宴", "高峰", "期"]),
    ("季", &["度", "稻", "豆", "作", "节", "风", "后", "军"]),
    ("日", &["本", "报", "均", "常", "照", "语", "元"]),
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
    // 13家乡镇卫生院 are no 家乡, 六天下来 is not 天下.
    let exempt = name == "家" && after.sees("乡镇") || name == "天" && after.sees("下来");
    let idiom = !exempt
        && IDIOMS
            .iter()
            .any(|(word, tails)| *word == name && after.sees_any(tails));
    if idiom {
        return false;
    }
    if !meant(name, number, before, after) {
        return false;
    }
    let rank = before == Some('前') && matches!(name, "名" | "位" | "家" | "个" | "年");
    if rank {
        return false;
    }
    match number.style {
        Style::Digits => name != "成" || number.amount.len() == 1 || number.amount.contains('.'),
        // 那半个, 半片: about half.
        Style::Chinese if number.amount == "0.5" => {
            !matches!(unit, Unit::Plain(_) | Unit::Time("夜" | "晚" | "季"))
        }
        Style::Chinese | Style::Pair(_) => true,
        Style::Single if number.amount == "1" => match unit {
            Unit::Plain(name) => matches!(name, "成" | "1/2") || name.contains('/'),
            Unit::Time("秒" | "个年头" | "日") => false,
            // 一天 is a day; 有一天, 这一天 and 一天, are none.
            Unit::Time("天" | "年" | "周" | "晚" | "夜" | "季") => {
                let taken = before.is_some_and(char::is_alphanumeric);
                (taken || !after.sees(","))
                    && before.is_none_or(|c| !"有这那某每同第前后头的当又上下新近".contains(c))
            }
            Unit::Size("米") => after.sees_any(&["厚", "高", "长", "宽", "深", "多"]),
            Unit::Size(name) => !matches!(name, "平方" | "立方" | "升" | "尺" | "寸" | "斗"),
            _ => true,
        },
        Style::Single => !matches!(name, "排" | "班" | "类" | "眼" | "字" | "姓" | "版"),
        Style::Bare => number.more && !matches!(name, "里" | "度" | "年"),
        Style::Some => false,
    }
}

/// Whether the number before the one character of unit just read ends in `c`.
fn behind_number(after: &Cursor, c: char) -> bool {
    let unit = after.at().checked_sub(1);
    unit.and_then(|at| after.moved(at).before()) == Some(c)
}

/// Measure words that are more often another word: what must stand around them.
fn meant(name: &str, number: &Number, before: Option<char>, after: &Cursor) -> bool {
    let ends = super::price::ends(after);
    let behind = |chars: &str| before.is_some_and(|c| chars.contains(c));
    let digits = number.style == Style::Digits;
    match name {
        // 四十里, but 五里村.
        "里" => {
            digits
                || number.more
                || after.sees_any(&[
                    "路", "地", "山路", "水路", "长", "外", "开外", "禁", "之外", "远", "宽",
                ])
                || ends && (number.style == Style::Chinese || behind("走行了"))
        }
        "度" => digits || ends && behind("了至到高低降升约近"),
        "分" => {
            digits
                && behind("了得下获砍高低降升差满扣加")
                && !after.sees_any(&["别", "公司", "局", "行", "为"])
        }
        // Wind, earthquakes, stairs; not 二级演员, 三级响应.
        "级" => {
            behind("力风阶震")
                || after.sees_any(&[
                    "大风", "左右", "台阶", "石阶", "地震", "阵风", "以上", "偏", "强风", "狂风",
                    "东", "西北", "西南", "南风", "北风",
                ])
        }
        // 二期工程 is the second.
        "期" => behind("了班分出共过办"),
        "通" => after.sees_any(&["石碑", "碑", "电话"]) || digits && ends,
        "行" => after.sees_any(&["代码", "诗", "字", "热泪", "树"]),
        "站" => after.sees_any(&["公交", "地铁", "路", "地"]) || ends,
        "回" | "下" => ends || behind("了过"),
        "声" | "段" => {
            after.sees_any(&["录音", "方言", "视频", "路", "枪响", "巨响", "长"]) || ends
        }
        // 三代人; 第三代 and 两代表 are none.
        "代" => after.sees("人"),
        "届" | "顶" | "床" => {
            after.sees_any(&["画展", "展会", "帐篷", "棉被", "被子", "毛毯"])
                || ends && behind("了起来过")
        }
        "面" => after.sees_any(&[
            "锦旗", "旗", "鼓", "墙", "镜", "彩旗", "国旗", "党旗", "红旗",
        ]),
        "国" => behind("等"),
        "省" => digits && !after.sees("道"),
        "字" => digits || number.more || number.amount.len() > 2,
        // 二季 is the second crop, 四季 the year.
        "季" => number.amount != "4" && !behind_number(after, '二'),
        "瓦" => digits && !after.sees_any(&["房", "斯", "片", "屋"]),
        "斗" => ends || after.sees_any(&["米", "谷", "粮"]),
        "寸" => !after.sees_any(&["步", "土"]),
        // 要闻4版 is a page.
        "版" => !digits,
        "章" => behind("共分为") || digits,
        "样" => !behind("么没"),
        "口" => !behind("老小"),
        "层" => !(digits && behind("于在楼第")),
        "秒" => !(digits && behind("分")),
        // 3日内, 拘留10日: how long; anything else is a day of the month.
        "日" => after.sees_any(&["内", "以内", "以上", "以下"]) || behind("留期续每近约"),
        _ => true,
    }
}
