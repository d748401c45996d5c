//! HTML → a tree. A tokenizer that follows the standard, and of the standard's tree building only what the text of a page needs:
//! elements without content, end tags left out, stray end tags. So every file is read in linear time, which no full tree builder
//! promises.

use super::tree::{Builder, Element, MAX_DEPTH, Node};
use super::xml::Lines;
use html5gum::emitters::default::DefaultEmitter;
use html5gum::{HtmlString, StartTag, Token, Tokenizer};

/// Reads a document or a fragment. Never fails; what lies beyond the bounds of a tree is cut off.
pub(super) fn parse(text: &str) -> Element {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut builder = Builder::new();
    let mut lines = Lines::new(text);
    // Elements that are open although too deep to be kept.
    let mut buried = 0usize;
    for token in Tokenizer::new_with_emitter(text, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let line = lines.at(tag.span.start);
                let closed = tag.self_closing;
                let element = element(tag, line);
                // `<founder-date/>`: an element of a paper's own system, closed as in XML.
                if is_void(&element.name) || (closed && element.name.contains(['-', ':'])) {
                    builder.leaf(element);
                    continue;
                }
                close_implied(&mut builder, &element.name);
                if builder.depth() >= MAX_DEPTH {
                    buried += 1;
                    builder.leaf(element);
                } else {
                    builder.start(element);
                }
            }
            Token::EndTag(tag) => {
                if buried > 0 {
                    buried -= 1;
                } else {
                    end(&mut builder, &lossy(&tag.name));
                }
            }
            Token::String(text) => builder.text(&lossy(&text.value), lines.at(text.span.start)),
            Token::Comment(text) => builder.add(Node::Comment(lossy(&text.value))),
            Token::Doctype(_) | Token::Error(_) => {}
        }
        if builder.is_full() {
            break;
        }
    }
    builder.finish()
}

fn lossy(text: &HtmlString) -> String {
    String::from_utf8_lossy(text).into_owned()
}

fn element(tag: StartTag<usize>, line: usize) -> Element {
    Element {
        name: lossy(&tag.name),
        attributes: tag
            .attributes
            .into_iter()
            .map(|(name, value)| (lossy(&name), lossy(&value.value)))
            .collect(),
        children: Vec::new(),
        line,
    }
}

/// Elements without content.
fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Elements that begin a block, and so end a paragraph.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "caption"
            | "center"
            | "dd"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "html"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "option"
            | "p"
            | "pre"
            | "section"
            | "select"
            | "table"
            | "tbody"
            | "td"
            | "tfoot"
            | "th"
            | "thead"
            | "title"
            | "tr"
            | "ul"
    )
}

/// What the start of `name` closes, and the elements beyond which it closes nothing.
fn implied(name: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match name {
        "li" => (&["li", "p"], &["ul", "ol", "table", "td"]),
        "dt" | "dd" => (&["dt", "dd", "p"], &["dl", "table", "td"]),
        "td" | "th" => (&["td", "th", "p"], &["tr", "table"]),
        "tr" => (&["tr", "td", "th", "p"], &["table"]),
        "tbody" | "thead" | "tfoot" => (
            &["tbody", "thead", "tfoot", "tr", "td", "th", "p"],
            &["table"],
        ),
        "option" => (&["option"], &["select", "table"]),
        "body" => (&["head"], &[]),
        name if is_block(name) => (&["p"], &["table", "td", "th", "div", "li"]),
        _ => (&[], &[]),
    }
}

fn close_implied(builder: &mut Builder, name: &str) {
    let (closes, bounds) = implied(name);
    // The outermost that is closed takes all within it along.
    let depth = builder
        .names()
        .take_while(|open| !bounds.contains(open))
        .enumerate()
        .filter(|(_, open)| closes.contains(open))
        .map(|(i, _)| i + 1)
        .last()
        .unwrap_or(0);
    (0..depth).for_each(|_| builder.end());
}

/// Closes the newest open `name`; ignored where a block or a cell stands between.
fn end(builder: &mut Builder, name: &str) {
    let bound = |open: &str| match name {
        "table" | "html" | "body" => false,
        "tr" | "tbody" | "thead" | "tfoot" | "td" | "th" => open == "table",
        name if is_block(name) => matches!(open, "td" | "th" | "table"),
        _ => is_block(open) && open != "p",
    };
    let depth = builder
        .names()
        .take_while(|open| *open == name || !bound(open))
        .position(|open| open == name);
    if let Some(depth) = depth {
        (0..=depth).for_each(|_| builder.end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(element: &Element) -> String {
        element
            .children
            .iter()
            .map(|node| match node {
                Node::Element(e) => format!("{}({})", e.name, outline(e)),
                Node::Text(t) => t.value.trim().to_owned(),
                Node::Comment(_) => "!".to_owned(),
            })
            .collect()
    }

    #[test]
    fn end_tags_left_out_and_stray_ones_are_read_as_browsers_do() {
        for (html, tree) in [
            ("<p>一<p>二<br>三", "p(一)p(二br()三)"),
            ("<ul><li>一<li>二</ul>三", "ul(li(一)li(二))三"),
            (
                "<table><tr><td>一<td><b>二</td></b><tr><td>三</table>四",
                "table(tr(td(一)td(b(二)))tr(td(三)))四",
            ),
            ("<div><b>一</div>二</b>", "div(b(一))二"),
            ("<td>一</div>二</td>", "td(一二)"),
            (
                "<script>if (a<b) '</p>'</script>一&nbsp;&lt;",
                "script(if (a<b) '</p>')一\u{a0}<",
            ),
            ("<founder-date/>一<!--x-->", "founder-date()一!"),
        ] {
            assert_eq!(outline(&parse(html)), tree, "{html}");
        }
    }

    #[test]
    fn nothing_is_too_deep() {
        let deep = format!("{}一{}二", "<div>".repeat(5000), "</div>".repeat(5000));
        assert_eq!(parse(&deep).text(), "一二");
    }
}
