//! Prices as they are spoken: `4块5`, `两毛八`, `五角`, `8分钱`, 卖`一百七`.

use super::super::text::Cursor;
use super::number::{Number, Style, digit};

/// Reads what makes the number before the cursor a price, `lead` being what stands before it: the price in yuan.
pub(super) fn read(cursor: &mut Cursor, first: &Number, lead: Option<char>) -> Option<Number> {
    for read in [yuan, coins, unsaid] {
        let mut ahead = *cursor;
        if let Some(price) = read(&mut ahead, first, lead) {
            *cursor = ahead;
            return Some(price);
        }
    }
    None
}

/// Whether a clause ends here.
pub(super) fn ends(cursor: &Cursor) -> bool {
    cursor.peek().is_none_or(|c| !c.is_alphanumeric())
}

/// One digit and no more; in speech the next smaller coin is left unsaid behind it.
fn last_digit(cursor: &mut Cursor) -> Option<u32> {
    let value = cursor.peek().and_then(digit)?;
    cursor.bump();
    ends(cursor).then_some(value)
}

/// `4块5`, `3元5角`, `7万多块`.
fn yuan(cursor: &mut Cursor, first: &Number, _: Option<char>) -> Option<Number> {
    let spoken = cursor.eat("块");
    if !spoken && !cursor.eat("元") {
        return None;
    }
    let whole = first.scale == 1 && !first.more && !first.amount.contains('.');
    let mut ahead = *cursor;
    let tenths = ahead.peek().and_then(digit).filter(|_| whole);
    if let Some(tenths) = tenths {
        ahead.bump();
        if ahead.eat_any(&["毛", "角"]).is_some() || spoken && (ends(&ahead) || ahead.sees("都"))
        {
            *cursor = ahead;
            return Some(of(first, format!("{}.{tenths}", first.amount)));
        }
    }
    // 两块 may be two pieces; so many of them hardly are.
    let many = first.scale > 1 || first.amount.len() > 1 || first.style == Style::Bare;
    (spoken && many && ends(cursor)).then(|| first.clone())
}

/// `两毛八`, `五毛钱`, `五角`, `8分钱`.
fn coins(cursor: &mut Cursor, first: &Number, lead: Option<char>) -> Option<Number> {
    let few = first.scale == 1 && first.amount.len() == 1 && !first.more;
    if !few || !matches!(first.style, Style::Single | Style::Digits) {
        return None;
    }
    if cursor.eat("分钱") {
        return Some(of(first, format!("0.0{}", first.amount)));
    }
    if !cursor.eat("毛") && !cursor.eat("角") {
        return None;
    }
    let mut ahead = *cursor;
    if let Some(hundredths) = last_digit(&mut ahead) {
        *cursor = ahead;
        return Some(of(first, format!("0.{}{hundredths}", first.amount)));
    }
    // 八角 is a spice and 三角 a shape.
    let priced = lead.is_some_and(|c| "价降涨要花省贵赚卖减加收给".contains(c));
    (cursor.eat("钱") || priced && ends(cursor)).then(|| of(first, format!("0.{}", first.amount)))
}

/// 卖一百七, 月薪九千: the unit goes without saying.
fn unsaid(cursor: &mut Cursor, first: &Number, lead: Option<char>) -> Option<Number> {
    let priced = lead.is_some_and(|c| matches!(c, '卖' | '价' | '薪'));
    let large = first.scale > 1 || first.amount.len() > 2;
    if !priced || !large || !ends(cursor) || cursor.peek() == Some('%') {
        return None;
    }
    let power = cursor.moved(cursor.at().checked_sub(1)?).before();
    let times = match power {
        Some('百') => 9,
        Some('千') => 99,
        _ => return Some(first.clone()),
    };
    // 一百七 is 170: the last digit counts tens.
    let read: u64 = first.amount.parse().ok()?;
    let last = u64::from(cursor.before().and_then(digit).unwrap_or(0));
    Some(of(first, (read + last * times).to_string()))
}

fn of(first: &Number, amount: String) -> Number {
    Number {
        amount,
        ..first.clone()
    }
}
