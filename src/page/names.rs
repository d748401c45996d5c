//! Chinese personal names, as bylines print them.

use super::chars::{CharSet, exceeds};

/// Surnames of one character, commonest first.
static SURNAMES: CharSet = CharSet::of(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付傅方邹熊白孟秦邱侯江尹薛阎闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤赖康易乔牛文温艾章鲁葛伍倪涂申殷樊邢俞翟路岳齐梅庄辛管祝左耿祁谷时柴吉兰阮焦凌单符解柯包尚欧游喻苗霍裴关尤滕闵阳盛华甘房边娄卫宁费洪成曲詹辜纪项仇卓舒屈鲍詹司车季童褚宫卞连蓝骆芦井景冉全佟古蒲简桂阎皮厉池穆窦宗蔺巩柏邬瞿冷宣应党初靳隋苑苟计邝晏官臧谈楼麦明岑席聂储敖荆冀丛栾鞠米商虞印展桑迟匡占屠鄢揭沙区丘娜巫糜班麻郎郗刁戚习胥幸伊郁盘练揣尧缪牟庞丰燕云化卜危帅畅畲佘战权来仲智原寇慕仝封师于蒙禹阿扎尼尕鹿普晁晋漆涛惠粟花敬候么扈英双宝查阚邸车凤木钮粱况经言刀农利劳亓逄綦衣扶由闻门赫降乐过平海毕翁荀甄芮祖郜薄宿邰鄂莘姬雍濮寿浦茹戈暨衡蔚巢竺盖桓楚亢檀",
);

/// Surnames of two characters.
const COMPOUND: [&str; 22] = [
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒", "夏侯",
    "南宫", "宇文", "长孙", "端木", "百里", "呼延", "拓跋", "申屠", "澹台", "闻人",
];

/// What a surname of two characters begins with.
static COMPOUND_BEGINS: CharSet = CharSet::first_of(&COMPOUND);

/// Words of two to four characters that begin like a name and are none.
const NOT_NAMES: [&str; 74] = [
    "今天", "今日", "昨天", "昨日", "明天", "日前", "近日", "全市", "全省", "全国", "全县", "全区",
    "全球", "关于", "关注", "平安", "和谐", "金融", "财经", "经济", "时评", "时政", "文化", "文体",
    "高温", "成都", "江苏", "江西", "云南", "海南", "安徽", "安全", "万家", "温馨", "易地", "时间",
    "时代", "方案", "方法", "成果", "应急", "解读", "连线", "路况", "房产", "车市", "华夏", "花絮",
    "简讯", "简介", "简报", "图片", "连载", "言论", "向上", "向前", "马上", "高考", "中考", "石油",
    "石化", "车讯", "单位", "来源", "来信", "任务", "计划", "常态", "时节", "明日", "盛会", "阳光",
    "曲艺", "焦点",
];

/// What such a word begins with.
static NOT_NAMES_BEGIN: CharSet = CharSet::first_of(&NOT_NAMES);

/// Longest run of glued names, characters.
pub(super) const LONGEST_RUN: usize = 24;

/// Whether `c` is a Chinese character.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '〇' | '\u{20000}'..='\u{2ffff}')
}

/// Whether `text` begins with a surname.
pub(super) fn has_surname(text: &str) -> bool {
    SURNAMES.begins(text) || has_compound_surname(text)
}

/// Whether `c` is a surname of its own.
pub(super) fn is_surname(c: char) -> bool {
    SURNAMES.contains(c)
}

/// Whether `text` begins with a surname of two characters.
pub(super) fn has_compound_surname(text: &str) -> bool {
    COMPOUND_BEGINS.begins(text) && COMPOUND.iter().any(|s| text.starts_with(s))
}

/// A name with a surname: two or three characters, four with a surname of two, or foreign parts joined by `·`.
pub(super) fn is_name(text: &str) -> bool {
    if text.contains('·') {
        return !exceeds(text, 16)
            && text
                .split('·')
                .all(|p| !p.is_empty() && p.chars().all(is_han));
    }
    let lengths = if has_compound_surname(text) {
        3..=4
    } else if SURNAMES.begins(text) {
        2..=3
    } else {
        return false;
    };
    lengths.contains(&text.chars().count())
        && text.chars().all(is_han)
        && !(NOT_NAMES_BEGIN.begins(text) && NOT_NAMES.iter().any(|w| text.starts_with(w)))
}

/// Splits a run of names printed without separators (`刘岚陈朗`), or `None` when it is not made of names.
pub(super) fn split_glued(run: &str) -> Option<Vec<String>> {
    if exceeds(run, LONGEST_RUN) {
        return None;
    }
    let ends: Vec<usize> = run
        .char_indices()
        .map(|(at, _)| at)
        .chain([run.len()])
        .collect();
    let part = |start: usize, end: usize| run.get(*ends.get(start)?..*ends.get(end)?);
    // best[i]: cheapest split of the first i characters, as (cost, length of its last name).
    let mut best: Vec<Option<(u32, usize)>> = vec![Some((0, 0))];
    for end in 1..ends.len() {
        let mut cheapest: Option<(u32, usize)> = None;
        for len in 2..=4.min(end) {
            let Some((cost, _)) = best.get(end - len).copied().flatten() else {
                continue;
            };
            if !part(end - len, end).is_some_and(is_name) {
                continue;
            }
            // Names of three characters are twice as common as names of two.
            let cost = cost + if len == 3 { 2 } else { 3 };
            if cheapest.is_none_or(|(old, _)| cost < old) {
                cheapest = Some((cost, len));
            }
        }
        best.push(cheapest);
        // No name reaches over four characters none of which ends one.
        if best.iter().rev().take(4).all(Option::is_none) {
            return None;
        }
    }
    let mut names = Vec::new();
    let mut end = ends.len() - 1;
    while end > 0 {
        let (_, len) = best.get(end).copied().flatten()?;
        names.push(part(end - len, end)?.to_owned());
        end -= len;
    }
    names.reverse();
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_words() {
        for name in ["张三", "欧阳春晓", "李小明", "尼加提·买买提"] {
            assert!(is_name(name), "{name}");
        }
        for word in [
            "今天上午",
            "近日",
            "全市",
            "的话",
            "",
            "张",
            "A三",
            "高温天气",
        ] {
            assert!(!is_name(word), "{word}");
        }
    }

    #[test]
    fn glued_names_come_apart() {
        assert_eq!(
            split_glued("张晓明李文"),
            Some(vec!["张晓明".into(), "李文".into()])
        );
        assert_eq!(split_glued("的概念很"), None);
    }
}
