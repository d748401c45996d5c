//! Persons as the text presents them: surnames, masked names, role and employer next to a name.

use super::name::Name;
use super::rule::title;
use super::words::Words;
use crate::item::EntityKind;
use std::sync::LazyLock;

/// The commonest surnames, single and double.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖傅田董袁洪潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾萧毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利于呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由荀钮郦宓蒯璩濮庾隗郏郗贲";

/// Surnames, the commonest first.
pub(super) fn surnames() -> impl Iterator<Item = char> {
    SURNAMES.chars()
}

pub(super) fn is_surname(c: char) -> bool {
    SURNAMES.contains(c)
}

/// Whether a name is masked, so that it names nobody.
pub(super) fn is_masked(name: &str) -> bool {
    name.chars()
        .skip(1)
        .any(|c| matches!(c, '某' | '×' | '*' | 'x' | 'X'))
}

pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '〇')
}

/// What the text says of a person next to the name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Role {
    /// `市委常委、副市长`, `县农科所教授`, `焊工`.
    pub(super) text: String,
    /// Whose: the organisation or place that the role begins with, as an index into the names.
    pub(super) employer: Option<usize>,
}

/// What stands in brackets right behind a name and is a role: `赵坚(焊工)`, `张三(县委书记)`.
fn bracketed(chars: &[char], name: &Name) -> Option<(usize, usize)> {
    let rest = chars.get(name.end..)?;
    let inside = rest.strip_prefix(&['('])?;
    let length = inside.iter().take(30).position(|c| *c == ')')?;
    let inside = inside.get(..length)?;
    let plain = !inside.is_empty()
        && inside.iter().all(|c| is_han(*c) || matches!(c, '、' | ','))
        && !matches!(
            inside,
            ['男' | '女' | '左' | '右' | '中' | '化', ..]
                | [.., '左' | '右' | '中' | '人' | '岁' | '音' | '族']
        );
    let start = name.end + 1;
    plain.then_some((start, start + length))
}

/// Verbs of holding an office, behind the name: 钱文山任县长.
static HOLDS: LazyLock<Words> =
    LazyLock::new(|| Words::beginning("担任 出任 任 为 当选为 当选 的"));
/// What stands before the office of one who is not yet, or no longer, in it.
const BEFORE: [&str; 6] = ["原", "前", "代", "现任", "时任", "副"];

/// Of a longer list of persons only so many share the role before it.
const LIST: usize = 32;

/// What the text says a person is, next to the name. `names` are those of the text in order.
pub(super) fn role(chars: &[char], names: &[Name], index: usize) -> Option<Role> {
    let name = names.get(index)?;
    if let Some((start, end)) = bracketed(chars, name) {
        return Some(Role {
            text: text(chars, start, end),
            employer: names
                .iter()
                .skip(index + 1)
                .take(1)
                .position(|n| n.start == start && is_employer(n))
                .map(|i| index + 1 + i),
        });
    }
    // Several persons share a role: 副县长钱文山、孙立.
    let mut head = index;
    while index - head < LIST
        && let Some(before) = head.checked_sub(1).and_then(|i| names.get(i))
        && before.kind == EntityKind::Person
        && names.get(head).is_some_and(|n| n.start == before.end + 1)
        && matches!(chars.get(before.end), Some('、' | '和' | '与'))
    {
        head -= 1;
    }
    let first = names.get(head)?;
    let Some(start) = title_start(chars, names, head, first.start) else {
        return appointed(chars, names, index);
    };
    let title = start;
    // The employer belongs to it: back to the organisation or place that reaches into or up to the title.
    let mut start = start;
    let mut employer = None;
    for (i, n) in names.get(..head)?.iter().enumerate().rev() {
        let near =
            n.end >= start || n.end + 1 == start && matches!(chars.get(n.end), Some('的' | '"'));
        if n.kind == EntityKind::Person || !near || n.start > start {
            break;
        }
        if is_employer(n) {
            start = n.start;
            employer = Some(i);
        }
    }
    // 汤某的邻居, 邱某妻子
    if let Some(other) = head.checked_sub(1).and_then(|i| names.get(i))
        && other.kind == EntityKind::Person
        && (other.end == start || other.end + 1 == start && chars.get(other.end) == Some(&'的'))
        && start == title
    {
        start = other.start;
    }
    // 东乡区"小桔灯"志愿者
    if start == title
        && let Some(open) = quoted(chars, start)
    {
        let owner = names.partition_point(|n| n.end < open).min(head);
        let owner = names
            .get(owner)
            .filter(|n| n.end == open && is_employer(n))
            .map(|_| owner);
        start = owner.and_then(|i| names.get(i)).map_or(open, |n| n.start);
        employer = owner;
    }
    while start > 0 && start == title && chars.get(start).is_some_and(|c| matches!(c, '的' | ' '))
    {
        start += 1;
    }
    let text = text(chars, start, first.start);
    (!text.is_empty()).then_some(Role { text, employer })
}

/// Where the quotation opens that closes right before `end`.
fn quoted(chars: &[char], end: usize) -> Option<usize> {
    let inside = chars.get(..end)?.strip_suffix(&['"'])?;
    let length = inside.iter().rev().take(12).position(|c| *c == '"')?;
    Some(end - length - 2)
}

fn text(chars: &[char], start: usize, end: usize) -> String {
    let chars = chars.get(start..end).unwrap_or_default();
    chars.iter().filter(|c| **c != ' ').collect()
}

fn is_employer(name: &Name) -> bool {
    matches!(name.kind, EntityKind::Organisation | EntityKind::Place)
}

/// The office behind the name: 任命钱文山为县长, 钱文山任县长.
fn appointed(chars: &[char], names: &[Name], index: usize) -> Option<Role> {
    let name = names.get(index)?;
    let start = name.end + HOLDS.at_start(chars.get(name.end..)?)?;
    let clause = chars
        .get(start..)?
        .iter()
        .take(30)
        .take_while(|c| is_han(**c) || **c == '、')
        .count();
    let end = (start + 2..=start + clause)
        .rev()
        .find(|end| title(chars.get(start..*end).unwrap_or_default()).is_some())?;
    let said = end - start;
    let owner = names
        .get(index + 1)
        .filter(|n| n.start == start && is_employer(n));
    // 钱文山的父亲是工人: what a whole clause says is not taken for an office.
    let plain = owner.is_some() || title_start(chars, names, index + 1, end) == Some(start);
    (plain && said <= 24).then(|| Role {
        text: text(chars, start, end),
        employer: owner.map(|_| index + 1),
    })
}

/// Where the title that ends at `end` begins, with those joined to it by 、 and employers among them.
fn title_start(chars: &[char], names: &[Name], index: usize, end: usize) -> Option<usize> {
    let longest = |end: usize| title(chars.get(..end)?);
    let mut start = end - longest(end)?;
    let floor = names
        .get(..index)
        .unwrap_or_default()
        .iter()
        .rev()
        .find(|n| n.start < start)
        .map_or(0, |n| n.end.min(start));
    loop {
        let before = chars.get(floor.min(start)..start).unwrap_or_default();
        if let Some(length) = longest(start).filter(|l| start - l >= floor) {
            // 副市长 + 提名人选
            start -= length;
        } else if let Some(word) = BEFORE
            .iter()
            .find(|w| before.iter().collect::<String>().ends_with(*w))
        {
            start -= word.chars().count();
        } else if chars.get(start.wrapping_sub(1)) == Some(&'、')
            && let Some(length) = longest(start - 1)
        {
            start = start - 1 - length;
        } else {
            break;
        }
    }
    // What stands between the employer and the title belongs to it: 某局 + 食品安全 + 总监.
    if floor > 0 && start > floor && start - floor <= 8 {
        let between = chars.get(floor..start).unwrap_or_default();
        let owner = names
            .get(..index)
            .unwrap_or_default()
            .iter()
            .rev()
            .take(3)
            .find(|n| n.end == floor);
        let plain = (0..between.len()).all(|i| super::rule::inside(between, i));
        if plain && owner.is_some_and(|n| n.kind == EntityKind::Organisation) {
            start = floor;
        }
    }
    Some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role_of(text: &str, person: &str, others: &[&str]) -> Option<(String, Option<String>)> {
        let chars: Vec<char> = text.chars().collect();
        let find = |word: &str, kind| {
            let at = text.find(word)?;
            let start = text.get(..at)?.chars().count();
            Some(Name::new(kind, start, start + word.chars().count(), 1.0))
        };
        let mut names: Vec<Name> = others
            .iter()
            .filter_map(|o| {
                let kind = if o.chars().count() < 4 && !o.contains(['市', '县', '所', '局']) {
                    EntityKind::Person
                } else {
                    EntityKind::Organisation
                };
                find(o, kind)
            })
            .collect();
        let name = find(person, EntityKind::Person).expect("the person is in the text");
        names.push(name);
        names.sort_by_key(|n| n.start);
        let index = names.iter().position(|n| *n == name)?;
        let role = role(&chars, &names, index)?;
        let employer = role
            .employer
            .and_then(|i| names.get(i))
            .map(|n| chars[n.start..n.end].iter().collect());
        Some((role.text, employer))
    }

    #[test]
    fn roles_reach_from_employer_to_name() {
        for (text, person, others, role, employer) in [
            (
                "昨天,市委常委、副市长钱文山调研",
                "钱文山",
                vec!["市委"],
                "市委常委、副市长",
                Some("市委"),
            ),
            (
                "县农科所教授孙远航",
                "孙远航",
                vec!["县农科所"],
                "县农科所教授",
                Some("县农科所"),
            ),
            ("吴立(钳工)、", "吴立", vec![], "钳工", None),
            (
                "副县长钱文山、孙远航到场",
                "孙远航",
                vec!["钱文山"],
                "副县长",
                None,
            ),
            (
                "钱文山的儿子孙远航",
                "孙远航",
                vec!["钱文山"],
                "钱文山的儿子",
                None,
            ),
            ("邱某妻子汤某", "汤某", vec!["邱某"], "邱某妻子", None),
            (
                "市市场监管局食品安全总监钱文山说",
                "钱文山",
                vec!["市市场监管局"],
                "市市场监管局食品安全总监",
                Some("市市场监管局"),
            ),
            ("任命钱文山为副县长。", "钱文山", vec![], "副县长", None),
            (
                "县政府原副县长钱文山",
                "钱文山",
                vec!["县政府"],
                "县政府原副县长",
                Some("县政府"),
            ),
        ] {
            assert_eq!(
                role_of(text, person, &others),
                Some((role.to_owned(), employer.map(str::to_owned))),
                "{text}"
            );
        }
        assert_eq!(role_of("吴立说", "吴立", &[]), None);
    }

    #[test]
    fn masked_names_name_nobody() {
        assert!(
            is_masked("王某") && is_masked("李某某") && !is_masked("某甲") && !is_masked("王明")
        );
    }
}
