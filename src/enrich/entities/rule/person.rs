//! Persons that a rule is surer of than any model: masked names, rosters, lists, and names behind a title.

use super::super::name::Name;
use super::super::person::{is_han, surnames};
use super::super::words::{Chars, Words};
use super::Lexicon;
use crate::item::EntityKind;
use std::sync::LazyLock;

/// Surnames so rare that they are only looked for where the text says that a person follows.
const RARE: &str = "常扶訾郇骞苍归铁可占笪脱火种钭机仉把庹税逄绽权镇宣那拜爨危吉";
/// Surnames of two characters.
const COMPOUND: &str = "欧阳司马上官诸葛皇甫慕容令狐淳于钟离拓跋尉迟申屠公孙司徒东方夏侯宇文长孙独孤南宫百里呼延端木第五太史澹台赫连闻人濮阳单于万俟公冶轩辕司空";
/// Characters that given names are made of.
const GIVEN: &str = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂建国文华志红玉梅春海燕云生林荣成东晓峰玲金辉鹏飞宇浩凯健斌波宁龙鑫亮俊帆雷雪琴莉洁珍凤淑慧颖倩婷欣悦佳琪瑶萍琳晶莹瑞祥福贵才富旺财喜庆发昌盛兴隆顺康安泰和谐义仁礼智信忠孝德厚道善良正直光宗耀祖继承先启后学思源清泽润民利山川河江湖雨霖露霜冰阳月星辰天航远翔鸿雁鹤松柏竹菊莲荷苗青翠柏木森楠桐梓槐柳杨枫树根茂园田野草花香芬芝兰蓉薇蕾萱芸苹若如意可心怡悦乐欢笑言语诗书画墨雅韵琴瑟音声鸣歌子君卿士武斌威虎豹彪豪雄英毅坚定力行健铭铮钢铁锋锐钧钰钦锦银铜玺珏珊瑚璐瑜瑾琦玮珂珠宝贝玲珑晨曦晖旭昊昕昱映晗晴暖朗亮炎焱灿烁煌炜烨然熙照耀辉煊世代永久长恒常景传家业国邦邻里乡村城立新宏大广博群众友朋邱尔巴图娃妮娅丹彤紫红丰年岁秋冬夏春晚早朝夕九三四五一二中申卯亥寅午未其之以宁元亨贞吉祯祺福禄寿禧向前进步升腾跃越超凡非常敬尊贤达通明理文化彩虹霓云霄凌岳峻岩石磊垚培坤均堂基塘坡培增奎奇嘉善喜声夏奕妍姣娥娣婉媛嫣孟季学宜宝宣宪容宽密宾寒察山岗岚岭峥嵘崇川州帅师希帮平幼庆康廷建弘强彦彬律循微徽忆念恩悟惠慈慎懿成才扬承抒振捷掌揭政敏斌施旋日昆昌易春显晋晏普晶智暄曙曼朋望木本杏权来杭果栋校桂梁楚榕槿歌武民水汉沁沅沛沫泉法泓洲洪浦浪涌涵淇淳渊渝渭湘溪滨滢漫潇澄澜炳炫焕照煜熹爱牧特献琛琼瑄瑛璇璟璨甘申男留皓益盈真睿知硕祖禹秉科稳立章童竞筠简素紫红纯纲绍维绮缘美群翊翰耕聪联肖胜腾臣舒航良艺艾节芃芊苇苏茜茵荔莎莺菁菲萌葵蒙蓓蔚蕴藏行衍裕西观言训许诚语诺谊谦豫贞贤贵赐赛起路达迅运连迪逸逢道遥邦郁醒采重野金鉴钊钟铎锋锡镇镜长闯闻阔隽雁雄雯震霆霏霓靖韬韶顺颂颐领频顾飒驰骁骏高魁鲁鸥麒麟黎齐龄斐庭楷橙";

static SURNAME: LazyLock<Chars> = LazyLock::new(|| Chars::new(surnames().chain(RARE.chars())));
static GIVEN_CHARS: LazyLock<Chars> = LazyLock::new(|| Chars::new(GIVEN.chars()));
static COMPOUNDS: LazyLock<Words> = LazyLock::new(|| {
    let chars: Vec<char> = COMPOUND.chars().collect();
    let pairs: Vec<String> = chars.chunks(2).map(String::from_iter).collect();
    Words::beginning(&pairs.join(" "))
});
static COMPOUND_FIRST: LazyLock<Chars> = LazyLock::new(|| Chars::new(COMPOUND.chars().step_by(2)));

/// What stands right before a name and says what its bearer is, in what it ends with.
const TITLES: &str = "书记 市长 省长 县长 区长 州长 旗长 镇长 乡长 村长 主任 局长 部长 厅长 处长 科长 所长 \
     院长 校长 园长 会长 秘书长 检察长 审判长 庭长 行长 常委 主席 委员 代表 董事长 理事长 \
     监事长 经理 总裁 总监 厂长 矿长 场长 社长 团长 馆长 台长 船长 机长 列车长 班长 队长 \
     组长 站长 股长 支书 局党组成员 工程师 会计师 农艺师 设计师 厨师 医师 药师 教授 研究员 讲师 \
     院士 老师 教师 班主任 医生 护士 护士长 法官 检察官 检察员 审判员 律师 公证员 民警 辅警 \
     交警 警官 消防员 护林员 网格员 巡堤员 技术员 驾驶员 值班员 讲解员 售票员 快递员 外卖员 \
     保洁员 饲养员 操作员 质检员 安全员 宣传员 辅导员 运动员 演员 队员 社员 党员 成员 店员 \
     学员 会员 关员 人员 职员 员工 职工 负责人 带头人 传承人 法定代表人 主持人 创始人 合伙人 \
     承包人 被告人 被执行人 嫌疑人 当事人 举报人 证人 监护人 志愿者 爱好者 消费者 创业者 \
     劳动者 记者 患者 村民 农民 居民 市民 渔民 牧民 果农 菜农 茶农 蚕农 参农 花农 棉农 \
     农户 种植户 养殖户 脱贫户 贫困户 种粮大户 个体户 商户 住户 游客 乘客 顾客 旅客 歌手 \
     选手";
/// More of them.
const KIN: &str = "学生 大学生 毕业生 研究生 考生 工人 焊工 钳工 电工 矿工 技工 女工 军人 老兵 战士 老人 \
     老汉 艺人 匠人 能手 骑手 车手 舵手 水手 男子 女子 妻子 丈夫 前妻 前夫 母亲 父亲 儿子 \
     女儿 孙子 孙女 儿媳 女婿 堂弟 哥哥 弟弟 姐姐 妹妹 男朋友 女朋友 邻居 原告 被告 司机 \
     老板 老板娘 店主 摊主 业主 房东 户主 船东 教练 领队 作家 专家 候选人";
/// Offices that a person named in a list of appointments holds.
const APPOINTED: &str = "任命 免去 选举 聘请 决定任命";

static TITLE_ENDS: LazyLock<Words> =
    LazyLock::new(|| Words::ending(&[TITLES, KIN, "提名人选 妇女 后生 青年"].join(" ")));
static APPOINTED_ENDS: LazyLock<Words> = LazyLock::new(|| Words::ending(APPOINTED));

/// What goes on after a name and hardly ever ends one.
const GOES_ON: &str = "说 称 告诉 介绍 表示 认为 坦言 笑 高兴 感慨 指出 强调 要求 主持 参加 出席 带着 带领 \
     率 在 到 向 对 是 的 了 被 把 将 与 等 从 也 就 还 都 又 则 去 为 以 并 及 \
     同 用 给 让 由 因 和 已 已经 正在 正 曾 获 驾 驾驶 提醒 当场 当庭 当天 第一 现场 \
     走 走进 询问 调研 看 看到 来 来到 担任 任 抱 推 守 遗失 一行 一家 一边 一下 一早 \
     一天 今年 去年 今天 昨天 每 每天 老人 先生 女士 同志 不 没 没有 有 做 做客 收到 \
     决定 利用 承包 辩称 非法 这 那 常 会 要 能 家 家里 们 拿 拿着 坐 站 打 犯";
static GOES_ON_WORDS: LazyLock<Words> = LazyLock::new(|| Words::beginning(GOES_ON));
/// Of these, those that may just as well end a given name.
const SOFT: &str = "和为同正来家会能向明常用";

/// What follows a surname instead of a given name: 王老师, 雷女士.
const HONORIFICS: &str = "老师 女士 先生 大爷 大妈 大娘 大叔 大姐 大哥 老汉 老太 老人 阿姨 师傅 奶奶 爷爷 医生 \
     主任 警官 经理 院长 局长 校长 书记 总 某 氏 家 姓 嫂 婶 伯 娭毑 教授 博士 律师 老板 队长 所长 \
     站长 同学 同志 夫妇 小姐 太太 夫人 教练 导演 总监 哥 姐 叔";
static HONORIFIC: LazyLock<Words> = LazyLock::new(|| Words::beginning(HONORIFICS));

/// What a trade ends in.
static TRADES: LazyLock<Words> = LazyLock::new(|| {
    Words::ending(
        "工 员 师 手 长 教授 医生 护士 主任 经理 书记 民警 司机 学生 干部 农民 村民 个体户 理事 主席 委员 \
         代表 人",
    )
});

#[inline]
fn is_surname(c: char) -> bool {
    SURNAME.has(c)
}

/// Characters of the title that ends here.
pub(in super::super) fn title(before: &[char]) -> Option<usize> {
    TITLE_ENDS.at_end(before)
}

/// Characters of the surname `rest` begins with: 2 for 司马, else 1.
fn surname(rest: &[char]) -> Option<usize> {
    let first = *rest.first()?;
    if COMPOUNDS.at_start(rest).is_some() {
        return Some(2);
    }
    is_surname(first).then_some(1)
}

/// 王某, 李某某, 张某甲, 司马某, 池某峰.
pub(super) fn masked(rest: &[char]) -> Option<usize> {
    let family = surname(rest)?;
    let after = rest.get(family..)?.strip_prefix(&['某'])?;
    let more = match after {
        ['某' | '甲' | '乙' | '丙' | '丁', ..] => 1,
        [c, next @ ..] if GIVEN_CHARS.has(*c) && GOES_ON_WORDS.at_start(after).is_none() => {
            let closed =
                next.first().is_none_or(|n| !is_han(*n)) || GOES_ON_WORDS.at_start(next).is_some();
            usize::from(closed)
        }
        _ => 0,
    };
    Some(family + 1 + more)
}

/// Persons a rule is sure of, in order, not overlapping.
pub(super) fn find(
    chars: &[char],
    lexicon: Lexicon,
    trained: &[Name],
    chains: &[Name],
) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    let mut at = 0;
    let mut known = trained.iter().peekable();
    let mut places = chains.iter().peekable();
    while let Some(c) = chars.get(at) {
        if *c == '·'
            && let Some((start, end)) = foreign(chars, at, trained)
            && found.last().is_none_or(|last| last.end <= start)
        {
            found.push(Name::new(EntityKind::Person, start, end, 0.9));
            at = end;
            continue;
        }
        while places.next_if(|p| p.end <= at).is_some() {}
        if !is_surname(*c) && !COMPOUND_FIRST.has(*c) || places.peek().is_some_and(|p| p.start < at)
        {
            at += 1;
            continue;
        }
        while known.next_if(|n| n.start < at).is_some() {}
        let modelled = known
            .peek()
            .filter(|n| n.start == at && n.kind == EntityKind::Person);
        let rest = chars.get(at..).unwrap_or_default();
        let before = chars.get(..at).unwrap_or_default();
        let length = match masked(rest) {
            // 回民区 + 某健身馆
            Some(length) if !(*c == '区' && before.last().is_some_and(|b| is_han(*b))) => {
                // 邵某国伙同: where the name ends the model knows better.
                let given = rest.get(length).is_some_and(|c| !is_hard(*c));
                let longer = given && modelled.is_some_and(|n| n.end == at + length + 1);
                Some(length + usize::from(longer))
            }
            _ => in_roster(rest, before)
                .or_else(|| in_list(chars, at, found.last(), lexicon))
                .or_else(|| speaking(rest, before, lexicon))
                .or_else(|| introduced(rest, before, lexicon, modelled.map(|n| n.end - n.start))),
        };
        match length {
            Some(length) => {
                found.push(Name::new(EntityKind::Person, at, at + length, 0.97));
                at += length;
            }
            None => at += 1,
        }
    }
    found
}

/// Where a foreign name begins and ends that has a dot at `dot`: 费尔南多·加西亚.
fn foreign(chars: &[char], dot: usize, trained: &[Name]) -> Option<(usize, usize)> {
    let mut start = dot;
    while let Some(before) = start.checked_sub(1)
        && dot - before <= 6
        && chars.get(before).is_some_and(|c| is_han(*c) || *c == '·')
        && super::stop(chars, before).is_none()
        && title(chars.get(..start)?).is_none()
    {
        start = before;
    }
    let mut end = dot + 1;
    while end - dot <= 8
        && chars.get(end).is_some_and(|c| is_han(*c) || *c == '·')
        && !goes_on(chars.get(end..)?)
    {
        end += 1;
    }
    let closed = chars.get(end).is_none_or(|c| !is_han(*c)) || goes_on(chars.get(end..)?);
    let opened = start == 0
        || chars.get(start - 1).is_some_and(|c| !is_han(*c))
        || title(chars.get(..start)?).is_some()
        || super::stop(chars, start - 1).is_some();
    let next = trained.partition_point(|n| n.end < dot);
    if trained
        .get(next)
        .is_some_and(|n| n.start < dot && n.end > dot)
    {
        return None;
    }
    let modelled = trained
        .iter()
        .skip(next)
        .take(2)
        .any(|n| n.kind == EntityKind::Person && n.start <= dot + 1);
    let spoken = modelled || title(chars.get(..start)?).is_some();
    (spoken && closed && opened && dot - start >= 2 && end - dot >= 2).then_some((start, end))
}

/// Length of the name that a trade in brackets follows, `孙立(钳工)`, or what a notice says of a person, `孙立,女,72岁`.
fn in_roster(rest: &[char], before: &[char]) -> Option<usize> {
    if before.last().is_some_and(|c| is_han(*c)) {
        return None;
    }
    let length = rest.iter().take(5).take_while(|c| is_han(**c)).count();
    let family = surname(rest)?;
    if !(family + 1..=family + 2).contains(&length) {
        return None;
    }
    match rest.get(length..)? {
        [',', '男' | '女', ',', ..] => Some(length),
        ['(', inside @ ..] => {
            let end = inside.iter().take(20).position(|c| *c == ')')?;
            let trade = inside.get(..end)?;
            let plain = trade.iter().all(|c| is_han(*c) || *c == '、');
            (plain && TRADES.at_end(trade).is_some() || trade == ['化', '名']).then_some(length)
        }
        _ => None,
    }
}

/// Length of the name that goes on a list of persons: 、, the name and 、 or 等 again.
fn in_list(chars: &[char], at: usize, last: Option<&Name>, lexicon: Lexicon) -> Option<usize> {
    let rest = chars.get(at..)?;
    if last.is_none_or(|last| last.end + 1 != at)
        || !matches!(chars.get(at.checked_sub(1)?), Some('、' | '和'))
    {
        return None;
    }
    let length = rest
        .iter()
        .take(5)
        .take_while(|c| is_han(**c) && **c != '等')
        .count();
    let family = surname(rest)?;
    let closed = matches!(rest.get(length), Some('、' | ',' | '等' | '。' | ';'));
    let name = rest.get(..length)?;
    (closed
        && title(name).is_none()
        && (family + 1..=family + 2).contains(&length)
        && !lexicon.is_common(name))
    .then_some(length)
}

/// What is told of a speaker, and of nothing else.
static SAYS: LazyLock<Words> = LazyLock::new(|| {
    Words::beginning(
        "说, 说: 说。 说道 告诉记者 介绍, 介绍说 表示, 认为, 坦言 笑着 高兴地 感慨 指出, \
     强调, 透露, 回忆 算了一笔账 主持会议 主持。 一行到 一行来 乐呵呵",
    )
});

/// Length of the name that a clause begins with in which its bearer speaks: `。孙立说,`.
fn speaking(rest: &[char], before: &[char], lexicon: Lexicon) -> Option<usize> {
    let open = before
        .last()
        .is_none_or(|c| matches!(c, '。' | ',' | '"' | '\n' | ';' | '!' | '?' | '的'));
    let family = surname(rest).filter(|_| open)?;
    let length = (family + 1..=family + 2).find(|n| {
        rest.get(*n..)
            .is_some_and(|after| SAYS.at_start(after).is_some())
    })?;
    let name = rest.get(..length)?;
    let plain = name.iter().all(|c| is_han(*c))
        && GIVEN_CHARS.has(*name.last()?)
        && !lexicon.is_common(name);
    let word = lexicon.is_common(rest.get(..2)?)
        || (2..=length).any(|n| title(name.get(..n).unwrap_or_default()).is_some());
    (plain && !word && HONORIFIC.at_start(name.get(family..)?).is_none() && !name.contains(&'们'))
        .then_some(length)
}

/// Length of the name that stands behind a title, `村民孙立`, or `姓名:`. The model's own length is taken where it goes on well.
fn introduced(
    rest: &[char],
    before: &[char],
    lexicon: Lexicon,
    modelled: Option<usize>,
) -> Option<usize> {
    let titled = title(before).is_some()
        || before.ends_with(&['姓', '名', ':'])
        || APPOINTED_ENDS.at_end(before).is_some();
    let function = modelled.is_none()
        && matches!(
            rest.first(),
            Some('和' | '向' | '时' | '由' | '全' | '都' | '同' | '从' | '应' | '有' | '经' | '能')
        );
    // 学生 + 来 + 学, but 果农来有喜
    let verb = modelled.is_none()
        && matches!(rest, ['来' | '管', _, third, ..] if !GIVEN_CHARS.has(*third));
    let other = function
        || verb
        || (2..=3).any(|n| rest.get(..n).is_some_and(|name| title(name).is_some()));
    if !titled || other || HONORIFIC.at_start(rest.get(1..)?).is_some() {
        return None;
    }
    let family = surname(rest)?;
    // 市民 + 可 + 乘坐
    if RARE.contains(*rest.first()?) && lexicon.is_common(rest.get(1..3)?) {
        return None;
    }
    let han = rest
        .iter()
        .take(family + 2)
        .take_while(|c| is_han(**c))
        .count();
    let short = family + 1;
    if han < short || lexicon.is_common(rest.get(..2)?) && family == 1 {
        return None;
    }
    let next = |length: usize| rest.get(length..).unwrap_or_default();
    let ends = |length: usize| {
        let next = next(length);
        next.first().is_none_or(|c| !is_han(*c)) || GOES_ON_WORDS.at_start(next).is_some()
    };
    if let Some(length) = modelled.filter(|l| ends(*l)) {
        return Some(length);
    }
    if han == short {
        return Some(short);
    }
    let third = *rest.get(short)?;
    let long = rest
        .get(..short + 1)
        .filter(|name| !lexicon.is_common(name));
    let given = GIVEN_CHARS.has(third);
    let breaks = GOES_ON_WORDS.at_start(next(short)).is_some() && !SOFT.contains(third);
    if breaks {
        // 建 may begin 建议 and end 李建.
        return Some(short);
    }
    if long.is_some() && given && (ends(short + 1) || !lexicon.is_common(next(short).get(..2)?)) {
        return Some(short + 1);
    }
    if lexicon.is_common(next(short).get(..2)?) && GIVEN_CHARS.has(*rest.get(family)?) {
        return Some(short);
    }
    (long.is_some() && ends(short + 1)).then_some(short + 1)
}

/// Whether nothing but the model speaks for a person it is not sure of: no surname, a common word, no end of a word behind it.
pub(super) fn is_unlikely(chars: &[char], name: &Name, lexicon: Lexicon) -> bool {
    let text = chars.get(name.start..name.end).unwrap_or_default();
    let after = chars.get(name.end..).unwrap_or_default();
    if title(chars.get(..name.start).unwrap_or_default()).is_some() || text.contains(&'·') {
        return false;
    }
    let family = surname(text);
    let word = family.and_then(|n| text.get(n..)).is_some_and(|given| {
        given.len() == 2 && lexicon.is_common(given) && !given.iter().all(|c| GIVEN_CHARS.has(*c))
    });
    let open = after.first().is_some_and(|c| is_han(*c)) && !goes_on(after);
    match text.len() {
        0 | 1 => true,
        2 => name.score < 0.8 && (open || family.is_none()),
        3 => name.score < 0.9 && (word || family.is_none()),
        _ => name.score < 0.8 && family.is_none_or(|n| n < 2),
    }
}

/// Whether what the model takes for a person is one only by the way it is addressed: 王老师, 小赵, 胡老太.
pub(super) fn is_address(name: &[char]) -> bool {
    match name {
        ['小' | '老' | '阿', c] => is_surname(*c),
        [c, rest @ ..] => is_surname(*c) && HONORIFIC.at_start(rest) == Some(rest.len()),
        [] => false,
    }
}

/// Whether a verb or the like follows at once, so that a name may well end here.
pub(super) fn goes_on(rest: &[char]) -> bool {
    GOES_ON_WORDS.at_start(rest).is_some()
}

/// Whether a character goes on after a name and does not end one.
pub(in super::super) fn is_hard(c: char) -> bool {
    GOES_ON_WORDS.at_start(&[c]).is_some() && !SOFT.contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        find(&chars, Lexicon(None), &[], &[])
            .iter()
            .map(|n| chars[n.start..n.end].iter().collect())
            .collect()
    }

    #[test]
    fn masked_names_are_recognised() {
        for (text, expected) in [
            ("王某与", Some(2)),
            ("李某某说", Some(3)),
            ("张某甲", Some(3)),
            ("池某峰,", Some(3)),
            ("王某华侨", Some(2)),
            ("司马某说", Some(3)),
            ("某某", None),
            ("王明", None),
        ] {
            let chars: Vec<char> = text.chars().collect();
            assert_eq!(masked(&chars), expected, "{text}");
        }
        assert_eq!(found("回民区某健身馆"), [] as [&str; 0]);
    }

    #[test]
    fn names_stand_behind_titles_in_rosters_and_in_lists() {
        for (text, expected) in [
            (
                "孙立(钳工)、周海明(电气试验工)、吴(略)与王某",
                vec!["孙立", "周海明", "王某"],
            ),
            ("市长常景和到县里", vec!["常景和"]),
            ("村民孙立说", vec!["孙立"]),
            ("工程师李明华,", vec!["李明华"]),
            ("主任欧阳文轩介绍", vec!["欧阳文轩"]),
            (
                "聘请钟离明、区伟雄、冼华等",
                vec!["钟离明", "区伟雄", "冼华"],
            ),
            ("启事:郇秀英,女,72岁", vec!["郇秀英"]),
            ("教师王老师", vec![]),
            ("西班牙车手费尔南多·加西亚以3小时", vec!["费尔南多·加西亚"]),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn ways_to_address_somebody_are_no_names() {
        for (text, expected) in [
            ("王老师", true),
            ("小赵", true),
            ("胡老太", true),
            ("王老吉", false),
            ("王师", false),
        ] {
            let chars: Vec<char> = text.chars().collect();
            assert_eq!(is_address(&chars), expected, "{text}");
        }
    }
}
