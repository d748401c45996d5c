//! Persons as the text presents them: masked names, titles before names, rosters of name(trade).

use super::name::Name;
use crate::item::EntityKind;

/// The commonest surnames, single and double.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利于呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由";

/// What stands right before a name and says what its bearer is.
pub(super) const TITLES: [&str; 96] = [
    "副书记",
    "书记",
    "副市长",
    "市长",
    "副省长",
    "省长",
    "副县长",
    "县长",
    "副区长",
    "区长",
    "副镇长",
    "镇长",
    "乡长",
    "村主任",
    "副主任",
    "主任",
    "副局长",
    "局长",
    "副部长",
    "部长",
    "副厅长",
    "厅长",
    "副处长",
    "处长",
    "副科长",
    "科长",
    "所长",
    "副院长",
    "院长",
    "副校长",
    "校长",
    "副会长",
    "会长",
    "秘书长",
    "常委",
    "主席",
    "副主席",
    "委员",
    "代表",
    "董事长",
    "总经理",
    "副总经理",
    "经理",
    "总裁",
    "总监",
    "工程师",
    "教授",
    "副教授",
    "研究员",
    "讲师",
    "老师",
    "教师",
    "医生",
    "护士",
    "法官",
    "检察官",
    "律师",
    "民警",
    "队长",
    "队员",
    "站长",
    "组长",
    "负责人",
    "志愿者",
    "村民",
    "农户",
    "居民",
    "市民",
    "游客",
    "学生",
    "工人",
    "社长",
    "男子",
    "女子",
    "妻子",
    "丈夫",
    "前妻",
    "前夫",
    "母亲",
    "父亲",
    "儿子",
    "女儿",
    "男朋友",
    "女朋友",
    "被告人",
    "原告",
    "被告",
    "嫌疑人",
    "司机",
    "老板",
    "店主",
    "业主",
    "教练",
    "队长",
    "候选人",
    "提名人选",
];

/// Surnames, the commonest first.
pub(super) fn surnames() -> impl Iterator<Item = char> {
    SURNAMES.chars()
}

pub(super) fn is_surname(c: char) -> bool {
    SURNAMES.contains(c)
}

/// 王某, 李某某, 张某甲.
pub(super) fn masked(rest: &[char]) -> Option<usize> {
    match rest {
        [surname, '某', '某', ..] if is_surname(*surname) => Some(3),
        [surname, '某', c, ..] if is_surname(*surname) && "甲乙丙丁".contains(*c) => Some(3),
        [surname, '某', ..] if is_surname(*surname) => Some(2),
        _ => None,
    }
}

/// Whether a name is masked, so that it names nobody.
pub(super) fn is_masked(name: &str) -> bool {
    name.chars()
        .skip(1)
        .any(|c| matches!(c, '某' | '×' | '*' | 'x' | 'X'))
}

/// Length of the name at the start of `rest` that a trade in brackets follows, `孙立(钳工)`: an entry of a roster.
pub(super) fn in_roster(rest: &[char]) -> Option<usize> {
    let length = rest.iter().take(4).take_while(|c| is_han(**c)).count();
    if !(2..=4).contains(&length) || !rest.first().is_some_and(|c| is_surname(*c)) {
        return None;
    }
    let inside = rest.get(length..)?.strip_prefix(&['('])?;
    let end = inside.iter().take(20).position(|c| *c == ')')?;
    let trade = inside.get(..end)?;
    let is_trade = TRADES.iter().any(|t| ends_with(trade, t))
        && trade.iter().all(|c| is_han(*c) || *c == '、');
    is_trade.then_some(length)
}

/// Length of a name at `at` that stands between a title and a verb of saying, `村民孙立说`, or behind `姓名:`.
pub(super) fn introduced(chars: &[char], at: usize) -> Option<usize> {
    let rest = chars.get(at..)?;
    let before = chars.get(..at)?;
    if !rest.first().is_some_and(|c| is_surname(*c)) {
        return None;
    }
    let han = rest.iter().take(4).take_while(|c| is_han(**c)).count();
    if ends_with(before, "姓名:") {
        return (2..=3).contains(&han).then_some(han);
    }
    TITLES.iter().find(|t| ends_with(before, t))?;
    [2, 3].into_iter().find(|length| {
        let after = rest.get(*length..).unwrap_or_default();
        let name = rest.get(..*length).unwrap_or_default();
        name.iter().all(|c| is_han(*c)) && SAYS.iter().any(|verb| after.starts_with(verb))
    })
}

/// What comes right behind a speaker's name.
const SAYS: [&[char]; 10] = [
    &['说'],
    &['表', '示'],
    &['介', '绍'],
    &['告', '诉'],
    &['认', '为'],
    &['坦', '言'],
    &['笑', '着'],
    &['高', '兴'],
    &['感', '慨'],
    &['指', '出'],
];

/// What a trade ends in.
const TRADES: [&str; 20] = [
    "工",
    "员",
    "师",
    "手",
    "长",
    "教授",
    "医生",
    "护士",
    "主任",
    "经理",
    "书记",
    "民警",
    "司机",
    "学生",
    "干部",
    "农民",
    "村民",
    "个体户",
    "理事",
    "主席",
];

pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '〇')
}

pub(super) fn ends_with(chars: &[char], word: &str) -> bool {
    let mut tail = chars.iter().rev();
    word.chars().rev().all(|c| tail.next() == Some(&c))
}

/// The trade of a roster entry, `赵坚(焊工)`: what stands in brackets right behind a name.
fn trade(chars: &[char], name: &Name) -> Option<String> {
    let rest = chars.get(name.end..)?;
    let rest = rest.strip_prefix(&['('])?;
    let length = rest.iter().take(20).position(|c| *c == ')')?;
    let inside = rest.get(..length)?;
    let plain = !inside.is_empty()
        && inside.iter().all(|c| is_han(*c))
        && !matches!(
            inside,
            ['男' | '女' | '左' | '右' | '中'] | [.., '左' | '右' | '中']
        );
    plain.then(|| inside.iter().collect())
}

/// What the text says a person is, next to the name: `市委常委、副市长`, `焊工`.
pub(super) fn role(chars: &[char], names: &[Name], index: usize) -> Option<String> {
    let name = names.get(index)?;
    if let Some(trade) = trade(chars, name) {
        return Some(trade);
    }
    let start = title_start(chars, name.start)?;
    // The employer belongs to it: back to the organisation or place that reaches into or up to the title.
    let start = names
        .get(..index)?
        .iter()
        .rev()
        .take_while(|n| n.end >= start.saturating_sub(1) && n.kind != EntityKind::Person)
        .map(|n| n.start)
        .fold(start, usize::min);
    // 刘某的男朋友
    let start = match names.get(..index).and_then(<[Name]>::last) {
        Some(other)
            if other.kind == EntityKind::Person
                && other.end + 1 == start
                && chars.get(other.end) == Some(&'的') =>
        {
            other.start
        }
        _ => start,
    };
    let role: String = chars
        .get(start..name.start)?
        .iter()
        .filter(|c| **c != ' ')
        .collect();
    (!role.is_empty()).then_some(role)
}

/// Where the title that ends at `end` begins, with those joined to it by 、.
fn title_start(chars: &[char], end: usize) -> Option<usize> {
    let longest = |end: usize| {
        let before = chars.get(..end)?;
        TITLES
            .iter()
            .filter(|t| ends_with(before, t))
            .map(|t| t.chars().count())
            .max()
    };
    let mut start = end - longest(end)?;
    // 副市长 + 提名人选
    while let Some(length) = longest(start) {
        start -= length;
    }
    while let Some(at) = start.checked_sub(1)
        && chars.get(at) == Some(&'、')
        && let Some(length) = longest(at)
    {
        start = at - length;
    }
    Some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masked_names_are_recognised() {
        for (text, expected) in [
            ("王某与", Some(2)),
            ("李某某说", Some(3)),
            ("张某甲", Some(3)),
            ("某某", None),
            ("王明", None),
        ] {
            let chars: Vec<char> = text.chars().collect();
            assert_eq!(masked(&chars), expected, "{text}");
        }
        assert!(
            is_masked("王某") && is_masked("李某某") && !is_masked("某甲") && !is_masked("王明")
        );
    }

    #[test]
    fn roles_reach_from_employer_to_name() {
        let role_of = |text: &str, person: &str, org: &str| {
            let chars: Vec<char> = text.chars().collect();
            let find = |word: &str| {
                let at = text.find(word)?;
                let start = text.get(..at)?.chars().count();
                Some((start, start + word.chars().count()))
            };
            let mut names = Vec::new();
            if let Some((start, end)) = find(org).filter(|_| !org.is_empty()) {
                names.push(Name::new(EntityKind::Organisation, start, end, 1.0));
            }
            let (start, end) = find(person).expect("the person is in the text");
            names.push(Name::new(EntityKind::Person, start, end, 1.0));
            role(&chars, &names, names.len() - 1)
        };
        assert_eq!(
            role_of("昨天,市委常委、副市长钱文山调研", "钱文山", "市委").as_deref(),
            Some("市委常委、副市长")
        );
        assert_eq!(
            role_of("县农科所教授孙远航", "孙远航", "县农科所").as_deref(),
            Some("县农科所教授")
        );
        assert_eq!(role_of("吴立(钳工)、", "吴立", "").as_deref(), Some("钳工"));
        assert_eq!(role_of("吴立说", "吴立", ""), None);
    }
}
