//! Text printed line by line: where a page breaks its lines at one width, they are joined into paragraphs again.
//!
//! The page must prove it. Many lines are of one width and few are wider; they hold the marks of sentences, nearly all break off
//! in the middle of one, and the language model finds it going on in the next line.

use super::block::{Block, Mark, is_blank};
use super::byline;
use super::furniture::is_furniture;
use super::jump;
use super::lm::{self, Model};

/// Narrowest and widest line, columns: a Chinese character takes two.
const NARROWEST: usize = 24;
const WIDEST: usize = 120;

/// A full line may be so many columns narrower or wider: no line begins with a comma, and few break a number.
const SLACK: usize = 2;

/// One that breaks off in the middle of a sentence may be so much narrower.
const RAGGED: usize = 6;

/// Fewest full lines that break off.
const FEWEST: usize = 4;

/// Bits that join the first line of what may be a headline with the line below it.
const LIKELY: f32 = 0.0;

/// Bits that join what follows the end of a sentence, where paragraphs are not indented: few of them end with a full line.
const INSIDE: f32 = 0.0;

/// A line as printed, its indent included.
#[derive(Clone, Copy)]
struct Line {
    /// Width by either measure: columns, and characters counted as two columns.
    widths: [usize; 2],
    indented: bool,
}

impl Line {
    fn of(raw: &str) -> Self {
        let raw = raw.trim_end_matches(is_blank);
        let columns = |text: &str| {
            text.chars()
                .map(|c| if c.is_ascii() { 1 } else { 2 })
                .sum::<usize>()
        };
        let text = raw.trim_start_matches(is_blank);
        let indent = raw.get(..raw.len() - text.len()).unwrap_or_default();
        Self {
            widths: [columns(raw), raw.chars().count() * 2],
            indented: columns(indent) >= 2,
        }
    }
}

/// Joins the lines of a page that is wrapped; any other stays as it is.
pub(super) fn unwrap(text: &str, blocks: Vec<Block>) -> Vec<Block> {
    if pairs(&blocks).take(FEWEST).count() < FEWEST {
        return blocks;
    }
    let printed: Vec<&str> = text.split('\n').collect();
    let lines: Vec<Line> = blocks
        .iter()
        .map(|b| Line::of(printed.get(b.line - 1).copied().unwrap_or_default()))
        .collect();
    let model = lm::model();
    let Some(page) = Wrapped::proved(&blocks, &lines, model) else {
        return blocks;
    };
    let mut joins = vec![false; blocks.len()];
    for (at, before, after) in pairs(&blocks) {
        let first = !joins.get(at - 1).copied().unwrap_or_default();
        if let (Some(join), Some([above, below])) = (joins.get_mut(at), around(&lines, at)) {
            *join = page.joins((before, above), (after, below), first, model);
        }
    }
    let mut out: Vec<Block> = Vec::with_capacity(blocks.len());
    for (block, joins) in blocks.into_iter().zip(joins) {
        match out.last_mut() {
            Some(paragraph) if joins => append(paragraph, &block),
            _ => out.push(block),
        }
    }
    out
}

/// Lines without a mark that stand right below another such line, each with its index.
fn pairs(blocks: &[Block]) -> impl Iterator<Item = (usize, &Block, &Block)> {
    blocks
        .iter()
        .zip(blocks.iter().skip(1))
        .zip(1..)
        .filter(|((before, after), _)| {
            after.gap == 0
                && before.mark == Mark::Plain
                && after.mark == Mark::Plain
                && !after.bullet
        })
        .map(|((before, after), at)| (at, before, after))
}

/// The line above `at`, and the one there.
fn around(lines: &[Line], at: usize) -> Option<[Line; 2]> {
    lines.get(at - 1..=at)?.try_into().ok()
}

/// How a page is wrapped.
struct Wrapped {
    /// Which of the two measures its lines keep to.
    measure: usize,
    /// Columns of a full line.
    width: usize,
    /// Paragraphs are indented.
    indents: bool,
}

impl Wrapped {
    /// The width a page is wrapped at, if it is.
    fn proved(blocks: &[Block], lines: &[Line], model: &Model) -> Option<Self> {
        let (measure, width) = commonest(blocks, lines)?;
        let plain = || {
            let lines = blocks.iter().zip(lines);
            lines.filter(|(b, _)| b.mark == Mark::Plain)
        };
        let indented = plain().filter(|(_, l)| l.indented).count();
        let page = Self {
            measure,
            width,
            indents: indented * 12 > blocks.len(),
        };
        let full = plain().filter(|(_, l)| page.is_full(**l)).count();
        let wider = plain()
            .filter(|(_, l)| l.widths.get(measure).is_some_and(|w| *w > width + SLACK))
            .count();
        let (mut open, mut closed, mut prose, mut sure) = (0, 0, 0, 0);
        for (at, before, after) in pairs(blocks) {
            let Some([above, below]) = around(lines, at) else {
                continue;
            };
            if below.indented || !page.is_full(above) {
                continue;
            }
            if closes(&before.text) {
                closed += 1;
            } else {
                open += 1;
                prose += usize::from(before.text.contains(['，', ',', '。', '、', '；', '：']));
                sure += usize::from(model.joint(&before.text, &after.text) > LIKELY);
            }
        }
        let proved = open >= FEWEST
            && closed * 3 <= open
            && prose * 2 >= open
            && sure * 4 >= open * 3
            && full * 3 >= blocks.len()
            && wider * 8 <= blocks.len();
        proved.then_some(page)
    }

    fn width_of(&self, line: Line) -> usize {
        line.widths.get(self.measure).copied().unwrap_or_default()
    }

    fn is_full(&self, line: Line) -> bool {
        self.width.abs_diff(self.width_of(line)) <= SLACK
    }

    /// Whether a line goes on in the next. `first`: nothing joins the line above with what stands before it.
    fn joins(
        &self,
        (before, above): (&Block, Line),
        (after, below): (&Block, Line),
        first: bool,
        model: &Model,
    ) -> bool {
        let closed = closes(&before.text);
        let ragged = !closed && (self.width - RAGGED..self.width).contains(&self.width_of(above));
        if below.indented || !(self.is_full(above) || ragged) {
            return false;
        }
        let bracket = before.text.rfind(['（', '(']) > before.text.rfind(['）', ')']);
        // A credit closes a text.
        let credit = before.text.ends_with(['）', ')']) && byline::closing(&before.text).is_some();
        if credit
            || jump::is_marker(&after.text)
            || (!bracket && byline::whole(&after.text).is_some())
        {
            return false;
        }
        if closed {
            let short = self.width_of(below) + SLACK < self.width;
            let apart = short && !closes(&after.text);
            return !apart
                && byline::leading(&after.text).is_none()
                && !is_furniture(after)
                && (self.indents
                    || (self.width_of(above) + 1 >= self.width
                        && model.link(&before.text, &after.text) > INSIDE));
        }
        // What no paragraph goes before may be a headline, or the line below the paper's name.
        let doubtful = first && !(self.indents && above.indented);
        !doubtful || (!is_furniture(before) && model.joint(&before.text, &after.text) > LIKELY)
    }
}

/// The measure and the width most lines keep to, of those above a line that is not indented.
fn commonest(blocks: &[Block], lines: &[Line]) -> Option<(usize, usize)> {
    let best = |measure: usize| {
        let mut counts = [0usize; WIDEST + 1];
        for (at, ..) in pairs(blocks) {
            if let Some([above, below]) = around(lines, at)
                && !below.indented
                && let Some(width) = above.widths.get(measure)
                && let Some(count) = counts.get_mut(*width)
            {
                *count += 1;
            }
        }
        let width = (NARROWEST..=WIDEST)
            .max_by_key(|w| counts.get(*w).copied())
            .unwrap_or(WIDEST);
        let near = counts.iter().take(width + SLACK + 1).skip(width - SLACK);
        (near.sum::<usize>(), width)
    };
    let (columns, characters) = (best(0), best(1));
    let (measure, (count, width)) = if characters.0 > columns.0 {
        (1, characters)
    } else {
        (0, columns)
    };
    (count >= FEWEST).then_some((measure, width))
}

/// Ends with the sentence.
fn closes(text: &str) -> bool {
    text.trim_end_matches(['”', '’', '』', '」', '"', '）', ')'])
        .ends_with(['。', '！', '？', '!', '?', '…'])
}

/// Adds a line to its paragraph.
fn append(paragraph: &mut Block, line: &Block) {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    if letter(paragraph.text.chars().next_back()) && letter(line.text.chars().next()) {
        paragraph.text.push(' ');
    }
    paragraph.text.push_str(&line.text);
    paragraph.last = line.last;
    paragraph.unbalanced |= line.unbalanced;
}

#[cfg(test)]
mod tests {
    use super::super::block::blocks;
    use super::*;

    fn joined(text: &str) -> Vec<String> {
        unwrap(text, blocks(text))
            .into_iter()
            .map(|b| b.text)
            .collect()
    }

    /// Four lines of 15 characters, the last of them short.
    const INDENTED: &str = "　　连日来，临水县柳塘镇的莲农\n抢抓晴好天气采收莲子，田间地头\n一派忙碌景象。种植户阮大水说，\n今年的莲蓬个头大、籽粒饱满。";

    #[test]
    fn wrapped_lines_become_paragraphs_and_what_stands_alone_stays() {
        let page = format!(
            "柳塘莲子迎来丰收\n本报记者 房小满\n{INDENTED}\n　　镇上的合作社添置了三台剥壳机\n，一天能加工鲜莲两千斤，产品发\n往周边五个县市。\n失物招领\n　　昨日拾到钥匙一串。"
        );
        assert_eq!(
            joined(&page),
            [
                "柳塘莲子迎来丰收",
                "本报记者 房小满",
                "连日来，临水县柳塘镇的莲农抢抓晴好天气采收莲子，田间地头一派忙碌景象。种植户阮大水说，今年的莲蓬个头大、籽粒饱满。",
                "镇上的合作社添置了三台剥壳机，一天能加工鲜莲两千斤，产品发往周边五个县市。",
                "失物招领",
                "昨日拾到钥匙一串。",
            ]
        );
    }

    #[test]
    fn lines_of_a_paragraph_keep_their_places() {
        let page = format!("题\n\n{INDENTED}\n　　完。");
        let places: Vec<_> = unwrap(&page, blocks(&page))
            .iter()
            .map(|b| (b.line, b.last))
            .collect();
        // Three lines that break off prove nothing.
        assert_eq!(places.len(), 6);
        let page = format!("题\n\n{INDENTED}\n\n{INDENTED}\n　　完。");
        let places: Vec<_> = unwrap(&page, blocks(&page))
            .iter()
            .map(|b| (b.line, b.last))
            .collect();
        assert_eq!(places, [(1, 1), (3, 6), (8, 11), (12, 12)]);
    }

    #[test]
    fn what_is_not_wrapped_stays_as_it_is() {
        let cases = [
            (
                "one paragraph a line",
                "县里召开春耕会。\n会议要求各乡镇抓紧检修水利设施，备足种子化肥，确保不误农时。\n会后，农技人员分赴田间，指导农户育秧。\n据了解，今年全县计划种植早稻十二万亩，比上年增加八千亩，其中机插秧占六成以上。\n农户们信心十足。",
            ),
            (
                "verse",
                "春风又绿江南岸边柳，\n细雨初沾渡口木兰舟。\n布谷声声催得农人早，\n一犁新土翻开一年秋。\n老牛不待扬鞭自奋蹄，\n稚子归来笑指屋檐头。\n炊烟起处便是家门口，\n灯火可亲不必问来由。",
            ),
            (
                "headlines of one length",
                "临水县举行春季植树活动纪实\n柳塘镇莲藕产业园开工建设了\n城东小学举办首届校园科技节\n县医院门诊楼下月投入使用啦\n文化馆送戏下乡演出一百余场\n三峰山公路隧道工程顺利贯通\n白沙渡口老船工讲述渡江故事",
            ),
            (
                "a roll of names",
                "张大山　李小河　王春生　赵秋实\n钱有余　孙满仓　周到明　吴起航\n郑重言　冯喜来　陈家好　褚良才\n卫国平　蒋学文　沈思远　韩冬梅\n杨柳青　朱红霞　秦岭南　尤可贵",
            ),
        ];
        for (name, text) in cases {
            assert_eq!(joined(text), text.lines().collect::<Vec<_>>(), "{name}");
        }
    }

    #[test]
    fn lines_are_measured_in_columns_or_in_characters() {
        let text = "2024年3月5日，临水县柳塘镇投入1260万元新建的污水处理站通过验收，日处理能力达3500吨，惠及12个村（社区）8600余户群众。镇里同步铺设管网46.8公里，配套提升泵站5座，运行费用每吨只有0.6元，比原来节省三成以上，居民们说河水一天比一天清了。";
        let columns = |c: char| if c.is_ascii() { 1usize } else { 2 };
        for (name, limit, cost) in [
            (
                "columns",
                40,
                Box::new(columns) as Box<dyn Fn(char) -> usize>,
            ),
            ("characters", 20, Box::new(|_| 1)),
        ] {
            let (mut page, mut width) = (String::new(), 0);
            for c in text.chars() {
                if width + cost(c) > limit {
                    page.push('\n');
                    width = 0;
                }
                page.push(c);
                width += cost(c);
            }
            assert_eq!(joined(&page), [text], "{name}");
        }
    }
}
