//! One spelling for what print and keyboards write in several, applied to queries and to items alike.
//!
//! Character by character, so that a code point keeps its place and spans need no translation:
//! full-width ASCII and U+3000 become ASCII, letters lower case, every double quotation mark `"`, every single one `'`,
//! the dots of foreign names `·`, dashes and minus signs `-`. This is the part of NFKC that pages and queries disagree
//! about; forms that NFKC spells with several characters (`㎡`, `½`) stay as they are.

/// The one spelling of a character.
pub fn fold_char(c: char) -> char {
    // Nearly every character of a page.
    if matches!(c, '\u{3400}'..='\u{9FFF}') {
        return c;
    }
    let c = match c {
        '\u{3000}' | '\u{00A0}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    match c {
        '“' | '”' | '„' | '‟' | '「' | '」' | '『' | '』' | '〝' | '〞' | '〟' | '«' | '»' => {
            '"'
        }
        '‘' | '’' | '‚' | '‛' | '`' => '\'',
        '•' | '‧' | '∙' | '⋅' | '・' | '･' | '●' => '·',
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
        _ if c.is_ascii() => c.to_ascii_lowercase(),
        _ => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        }
    }
}

/// The one spelling of a text; as many code points as it had.
pub fn fold(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

/// Letters and digits that run together into words: beside another of them a phrase is only a piece of a word.
pub fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric() || ('\u{00C0}'..='\u{024F}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_are_spelt_alike() {
        for (written, folded) in [
            ("ＧＤＰ增长５％", "gdp增长5%"),
            ("“双招双引”", "\"双招双引\""),
            ("「双招双引」", "\"双招双引\""),
            ("买买提•艾力", "买买提·艾力"),
            ("北京—株洲　高铁", "北京-株洲 高铁"),
            ("㎡İ", "㎡İ"),
        ] {
            assert_eq!(fold(written), folded);
        }
    }

    proptest::proptest! {
        #[test]
        fn a_code_point_keeps_its_place(text in "\\PC*") {
            proptest::prop_assert_eq!(fold(&text).chars().count(), text.chars().count());
            proptest::prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
