//! Credits: roles and the names that stand under them.

use super::chars::{CharSet, exceeds, first};
use super::names::{
    LONGEST_RUN, has_compound_surname, has_surname, is_han, is_name, is_surname, split_glued,
};
use super::roles::{AFTER, EMPLOYERS, END_BEGINS, PLAIN_WORDS, ROLE_BEGINS, ROLES, STOPS};
use crate::article::{Byline, Contributor};

/// People found at the start of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credits {
    /// In order.
    pub(super) people: Vec<Contributor>,
    /// Bytes taken.
    pub(super) len: usize,
    /// Some role is printed.
    pub(super) has_role: bool,
    /// The first thing printed is a role.
    pub(super) role_first: bool,
    /// Ends in 报道 or 摄, so that nothing more can belong to it.
    pub(super) closed: bool,
}

impl Credits {
    /// Somebody is named.
    pub(super) fn named(&self) -> bool {
        !self.people.is_empty()
    }

    /// Nothing of `text` is left over.
    pub(super) fn all_of(&self, text: &str) -> bool {
        text.get(self.len..)
            .is_some_and(|rest| rest.trim().is_empty())
    }

    /// A space or the end follows in `text`.
    pub(super) fn spaced(&self, text: &str) -> bool {
        text.get(self.len..)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    }

    /// As a byline printed as `raw`.
    pub(super) fn into_byline(self, raw: &str) -> Byline {
        let paper = self
            .people
            .iter()
            .find_map(|p| p.org.clone())
            .filter(|org| {
                [
                    "报",
                    "社",
                    "网",
                    "台",
                    "刊",
                    "中心",
                    "融媒",
                    "融媒体",
                    "客户端",
                    "在线",
                ]
                .iter()
                .any(|s| org.ends_with(s))
            });
        Byline {
            raw: raw.to_owned(),
            paper,
            people: self.people,
            ..Byline::default()
        }
    }

    /// A list of names without any role: `张三、李小明`, as agencies print in brackets.
    pub(super) fn bare(text: &str) -> Option<Self> {
        let mut parser = Parser::new(text);
        while parser.separators() || parser.at == 0 {
            let names = parser.names(false)?;
            parser.push(names);
        }
        let found = parser.finish();
        (found.named() && found.all_of(text)).then_some(found)
    }
}

/// Names at the start of `text` without any role, as after `□`.
pub(super) fn signed(text: &str) -> Option<Credits> {
    let mut parser = Parser::new(text);
    while let Some(names) = parser.names(false) {
        parser.push(names);
        if !parser.separators() {
            break;
        }
    }
    let found = parser.finish();
    (found.named() && found.spaced(text)).then_some(found)
}

/// What roles end in.
static ROLE_ENDS: CharSet = CharSet::of("者员生摄文图稿辑影道像字片理写筹划频");

/// Credits at the start of `text`; `None` when there are none.
pub(super) fn credits(text: &str) -> Option<Credits> {
    if !text.chars().take(40).any(|c| ROLE_ENDS.contains(c)) {
        return None;
    }
    let mut parser = Parser::new(text);
    let mut role_first = false;
    loop {
        let before = parser.at;
        let spaced = parser.separators();
        if parser.role() {
            role_first |= parser.people.is_empty();
            continue;
        }
        let anchored = parser.fresh_role || spaced || before == 0;
        let names = if anchored {
            parser.names(parser.fresh_role)
        } else {
            None
        };
        match names.or_else(|| {
            (spaced && parser.has_role)
                .then(|| parser.last_name())
                .flatten()
        }) {
            Some(names) => parser.push(names),
            None => break,
        }
        if parser.closed {
            break;
        }
    }
    let mut found = parser.finish();
    found.role_first = role_first;
    (found.named() || found.has_role).then_some(found)
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// Where the last thing understood ends.
    end: usize,
    people: Vec<Contributor>,
    role: String,
    org: Option<String>,
    /// A role was read and no name yet.
    fresh_role: bool,
    /// First person a role printed after the names would be for.
    open_from: usize,
    has_role: bool,
    closed: bool,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            end: 0,
            people: Vec::new(),
            role: String::new(),
            org: None,
            fresh_role: false,
            open_from: 0,
            has_role: false,
            closed: false,
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Skips what may stand between names and roles. A comma or colon only where a name is still due or follows.
    fn separators(&mut self) -> bool {
        let rest = self.rest();
        let trimmed = rest
            .trim_start_matches(|c: char| c.is_whitespace() || "、,，/／|｜；;：:和与".contains(c));
        self.at += rest.len() - trimmed.len();
        trimmed.len() < rest.len()
    }

    /// `新华社记者`, `通讯员`, `文/`: a role with the employer before it.
    fn role(&mut self) -> bool {
        let rest = self.rest();
        let mut employer = 0;
        for (count, (offset, c)) in rest.char_indices().enumerate() {
            let tail = rest.get(offset..).unwrap_or_default();
            if ROLE_BEGINS.contains(c)
                && let Some(role) = ROLES.iter().find(|r| tail.starts_with(**r))
                && self.role_stands(tail, role)
            {
                let org = rest.get(..offset).unwrap_or_default().trim_end();
                // `江城融媒记者`: what looks like a role may still be part of the employer's name.
                let named =
                    self.fresh_role && org.split_once(' ').is_some_and(|(name, _)| is_name(name));
                if offset > 0 && (named || !is_employer(org)) {
                    employer = count + 1;
                    continue;
                }
                self.at += offset + role.len();
                self.role = (*role).to_owned();
                self.org = (!matches!(org, "" | "本报" | "本刊" | "本台" | "本网"))
                    .then(|| org.to_owned());
                self.fresh_role = true;
                self.has_role = true;
                self.open_from = self.people.len();
                return true;
            }
            if !(is_han(c) || c.is_alphanumeric() || c == '·' || (c == ' ' && employer > 0))
                || count > 16
            {
                return false;
            }
            employer = count + 1;
        }
        false
    }

    /// A role that is a common word needs a mark after it.
    fn role_stands(&self, tail: &str, role: &str) -> bool {
        let after = tail.get(role.len()..).unwrap_or_default();
        if [
            "们", "节", "证", "站", "团", "队", "会", "协", "手记", "观察", "调查", "见闻",
        ]
        .iter()
        .any(|w| after.starts_with(w))
        {
            return false;
        }
        if role.chars().count() == 1 {
            return after.starts_with(['/', '／', ':', '：', '|', '｜']);
        }
        !PLAIN_WORDS.contains(&role)
            || after.starts_with(|c: char| c.is_whitespace() || "/／:：|｜".contains(c))
    }

    /// One name or several glued ones. `due`: a role stands before it, so a pen name will do.
    fn names(&mut self, due: bool) -> Option<Vec<String>> {
        let rest = self.rest();
        let near = first(rest, LONGEST_RUN);
        let len = near
            .find(|c: char| !is_han(c) && c != '·')
            .unwrap_or(near.len());
        let run = near.get(..len)?;
        if !due && !has_surname(run) && !run.contains('·') {
            return None;
        }
        // offsets[n]: bytes of the first n characters.
        let offsets: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([len]).collect();
        let chars = offsets.len() - 1;
        let bytes = |n: usize| offsets.get(n).copied().unwrap_or(len);
        if let Some(single) = run.chars().next().filter(|_| chars == 1) {
            return self.spaced_name(single);
        }
        let in_role = self.has_role;
        let ends = |n: usize| {
            let tail = rest.get(bytes(n)..).unwrap_or_default();
            n == chars && !tail.starts_with(['级', '时'])
                || ((n == chars || END_BEGINS.begins(tail))
                    && (AFTER
                        .iter()
                        .any(|w| tail.starts_with(w) && after_stands(tail, w))
                        || (in_role && STOPS.iter().any(|w| tail.starts_with(w)))))
                || (in_role && begins_role(tail))
        };
        let glued_photo = chars > 2 && run.ends_with('摄');
        for take in (2..=chars).rev() {
            if (glued_photo && take == chars) || !ends(take) {
                continue;
            }
            let part = run.get(..bytes(take))?;
            if part.contains('·') && is_name(part) {
                self.at += part.len();
                return Some(vec![part.to_owned()]);
            }
            if let Some(names) = split_glued(part) {
                self.at += part.len();
                return Some(names);
            }
        }
        // `通讯员 市妇联 李文`: the employer after the role.
        let more = rest
            .get(len..)
            .is_some_and(|t| t.starts_with(char::is_whitespace));
        if due && more && chars >= 3 && is_employer(run) {
            self.at += len;
            self.separators();
            self.org = Some(run.to_owned());
            return self.names(false);
        }
        // A pen name, or a name of a people that has no surnames.
        let whole = chars - usize::from(glued_photo);
        let word = run.get(..bytes(whole))?;
        let odd = || STOPS.iter().any(|w| word.starts_with(w)) || is_odd(word);
        (due && (2..=4).contains(&whole) && !odd() && !begins_role(word)).then(|| {
            self.at += word.len();
            vec![word.to_owned()]
        })
    }

    /// A pen name that ends a line of names: `记者 宁静 致远`.
    fn last_name(&mut self) -> Option<Vec<String>> {
        let word = self.rest();
        let fits = !self.people.is_empty()
            && !exceeds(word, 3)
            && word.chars().nth(1).is_some()
            && word.chars().all(is_han)
            && !STOPS
                .iter()
                .chain(&AFTER)
                .chain(&ROLES)
                .any(|w| word.starts_with(w))
            && !["综合", "电", "讯"].iter().any(|w| word.starts_with(w))
            && !is_odd(word);
        fits.then(|| {
            self.at += word.len();
            vec![word.to_owned()]
        })
    }

    /// `张 三`: a name of two characters spaced out to the width of three.
    fn spaced_name(&mut self, surname: char) -> Option<Vec<String>> {
        let after = self.rest().get(surname.len_utf8()..)?;
        let given = after.trim_start();
        let mut chars = given.chars();
        let one = chars.next().filter(|c| is_han(*c))?;
        let alone = !chars.next().is_some_and(is_han);
        (after.len() > given.len() && alone && is_surname(surname)).then(|| {
            self.at += surname.len_utf8() + (after.len() - given.len()) + one.len_utf8();
            vec![[surname, one].iter().collect()]
        })
    }

    /// Adds names, with a role printed after them if there is one.
    fn push(&mut self, names: Vec<String>) {
        for name in names {
            self.people.push(Contributor {
                name,
                role: self.role.clone(),
                org: self.org.clone(),
            });
        }
        self.fresh_role = false;
        self.end = self.at;
        loop {
            let rest = self.rest();
            let word_at = rest.trim_start_matches(|c: char| c.is_whitespace() || "/／".contains(c));
            let Some(word) = AFTER
                .iter()
                .find(|w| word_at.starts_with(**w) && after_stands(word_at, w))
            else {
                return;
            };
            // `文/李四` under a name that has its role already begins the next credit.
            let next = word_at.get(word.len()..).unwrap_or_default();
            let slash_before = rest.starts_with(['/', '／']);
            if next.starts_with(['/', '／', ':', '：']) && !slash_before && !word.ends_with("报道")
            {
                return;
            }
            self.at += rest.len() - word_at.len() + word.len();
            self.end = self.at;
            self.closed = word.ends_with("报道");
            let role = word.trim_end_matches("报道");
            let from = self.open_from;
            for person in self
                .people
                .iter_mut()
                .skip(from)
                .filter(|p| p.role.is_empty() && !role.is_empty())
            {
                role.clone_into(&mut person.role);
                self.has_role = true;
            }
            self.open_from = self.people.len();
            if self.role.is_empty() || slash_before {
                self.role.clear();
            }
            if self.closed {
                let colon = self.rest();
                let after = colon.trim_start_matches([':', '：', ' ']);
                self.at += colon.len() - after.len();
                self.end = self.at;
                return;
            }
        }
    }

    fn finish(self) -> Credits {
        Credits {
            people: self.people,
            len: self.end,
            has_role: self.has_role,
            role_first: false,
            closed: self.closed,
        }
    }
}

/// A role printed after names must itself end there.
fn after_stands(tail: &str, word: &str) -> bool {
    let after = tail.get(word.len()..).unwrap_or_default();
    after.is_empty() || !after.starts_with(is_han) || word.ends_with("报道") || begins_role(after)
}

/// `text` begins with a role, perhaps with an employer before it.
fn begins_role(text: &str) -> bool {
    let near = first(text, 14);
    let Some((at, _)) = ["记者", "通讯员", "实习生", "评论员"]
        .iter()
        .filter_map(|r| near.find(r).map(|i| (i, r)))
        .min()
    else {
        return false;
    };
    let before = near.get(..at).unwrap_or_default();
    before.is_empty()
        || ROLES
            .iter()
            .any(|r| r.starts_with(before) && near.starts_with(r))
        || (is_employer(before) && before.chars().all(is_han))
}

fn is_employer(text: &str) -> bool {
    let len = text.chars().count();
    (2..=16).contains(&len)
        && (EMPLOYERS.iter().any(|s| text.ends_with(s)) || text.starts_with('驻'))
}

/// Words that follow 记者 in a sentence and are no name.
fn is_odd(word: &str) -> bool {
    [
        "获悉", "了解", "注意", "发现", "看到", "采访", "调查", "走访", "今天", "昨天", "昨日",
        "今日", "近日", "日前", "从", "来", "说", "问", "招聘", "培训", "队伍", "协会", "工作",
        "节", "们", "报道", "现场", "连线", "手记", "提问",
    ]
    .iter()
    .any(|w| word.starts_with(w))
        || (has_compound_surname(word) && !is_name(word) && word.chars().count() == 2)
}
