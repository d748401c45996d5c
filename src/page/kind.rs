//! The sort of a piece.

use super::chars::exceeds;
use super::draft::{Draft, Piece, Signed};
use crate::article::Kind;

/// Headlines of notices end in one of these.
const NOTICES: [&str; 22] = [
    "公告",
    "公示",
    "声明",
    "启事",
    "通告",
    "告示",
    "公告书",
    "拍卖会",
    "招标",
    "遗失",
    "讣告",
    "挂失",
    "通知书",
    "催告",
    "送达",
    "更正",
    "寻亲",
    "认领",
    "致歉",
    "招聘信息",
    "公告栏",
    "清算",
];

/// Headlines of no more characters that end in one of these, and say of no one that he issued it, are set above a notice.
const SHORT: usize = 14;
const SHORT_NOTICES: [&str; 9] = [
    "启事", "公告", "通知", "通告", "公示", "声明", "招领", "讣告", "更正",
];

/// What is done with notices in the news: `省教育厅发出通知`.
const ISSUED: [&str; 10] = [
    "发出", "印发", "下发", "发布", "发表", "刊登", "联合", "接到", "收到", "签署",
];

/// Headlines of lists.
const LISTS: [&str; 8] = [
    "名单",
    "光荣榜",
    "红黑榜",
    "排行榜",
    "获奖名录",
    "一览表",
    "一览",
    "目录",
];

/// A text of so many characters under a signature is told, not reported.
const FEATURE: usize = 600;

/// What sort of piece `draft` is.
pub(super) fn of(draft: &Draft) -> Kind {
    if draft.from.is_some() {
        return Kind::Continuation;
    }
    let headline = draft
        .headline
        .trim_end_matches(|c: char| !c.is_alphanumeric());
    if is_notice(headline, draft) {
        return Kind::Notice;
    }
    let count = Count::of(draft);
    if LISTS.iter().any(|w| headline.ends_with(w)) || count.is_roster() {
        return Kind::List;
    }
    let chars = count.chars;
    let photo_credit = draft.byline.as_ref().is_some_and(|b| b.raw.contains('摄'));
    if ["图片新闻", "图片", "新闻图片", "组图", "附图"]
        .iter()
        .any(|w| draft.headline.contains(w))
        && chars < 300
        || (photo_credit && draft.paras().count() <= 1 && chars < 150)
    {
        return Kind::Photo;
    }
    let divided = draft.pieces.iter().any(|p| !matches!(p, Piece::Para(_)));
    match draft.signed {
        _ if draft
            .slogan
            .as_deref()
            .is_some_and(|s| s.contains("简讯") || s.contains("短波")) =>
        {
            Kind::Brief
        }
        Signed::Dispatch if divided && chars > FEATURE => Kind::Feature,
        Signed::Head => Kind::Feature,
        Signed::Tail if photo_credit => Kind::Feature,
        Signed::Tail | Signed::Not if divided || chars > FEATURE => Kind::Feature,
        _ if draft.headline.is_empty() && chars < 200 => Kind::Brief,
        _ => Kind::News,
    }
}

/// A headline of a notice, set alone on its line: `失物招领`, `停水通知`.
pub(super) fn heads_notice(headline: &str) -> bool {
    let Some(word) = SHORT_NOTICES.iter().find(|w| headline.ends_with(**w)) else {
        return false;
    };
    (headline.len() > word.len() || *word == "讣告")
        && !exceeds(headline, SHORT)
        && !headline.contains(['，', ',', '：', ':', ' ', '　'])
        && !ISSUED.iter().any(|w| headline.contains(w))
}

fn is_notice(headline: &str, draft: &Draft) -> bool {
    if draft.signed == Signed::Dispatch {
        return false;
    }
    let first = draft.paras().next().map_or("", |p| p.text.as_str());
    heads_notice(headline)
        || NOTICES.iter().any(|w| headline.ends_with(w))
        || (headline.is_empty()
            && ["遗失", "兹有", "声明"]
                .iter()
                .any(|w| first.starts_with(w)))
        || (["特此公告", "特此通告", "特此声明", "特此通知", "特此公示"]
            .iter()
            .any(|w| draft.paras().any(|p| p.text.contains(w))))
}

/// What a text is made of.
#[derive(Default)]
struct Count {
    chars: usize,
    /// Marks between entries.
    marks: usize,
    stops: usize,
}

impl Count {
    fn of(draft: &Draft) -> Self {
        let mut count = Self::default();
        for c in draft.paras().flat_map(|p| p.text.chars()) {
            count.chars += 1;
            match c {
                '、' | '(' | '（' | '　' => count.marks += 1,
                '。' => count.stops += 1,
                _ => {}
            }
        }
        count
    }

    /// Mostly short entries divided by 、 with names or brackets: a roll of names.
    fn is_roster(&self) -> bool {
        self.chars > 60 && self.marks * 9 > self.chars && self.stops * 150 < self.chars
    }
}
