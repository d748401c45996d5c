//! `page::read` in bytes a second, and whether its time grows with the page: `cargo bench --bench page`.

use copydesk::article::{Origin, Source};
use copydesk::page;
use divan::{Bencher, counter::BytesCount};

fn main() {
    divan::main();
}

/// A page of `bytes` bytes in the manner of a regional daily, damaged here and there.
fn sample(bytes: usize, marked: bool) -> String {
    let mut text = String::with_capacity(bytes + 4096);
    let mut n = 0;
    while text.len() < bytes {
        n += 1;
        let mark = if marked { "## " } else { "" };
        text.push_str(&format!(
            "{mark}临江区第{n}批老旧小区改造项目开工\n\n本报讯(记者 周启明 通讯员 何小满) 3月{}日,临江区举行老旧小区改造项目集中开工仪式。\
             本批改造涉及{n}个小区、{}栋楼房,惠及居民两千余户,总投资{}万元,预计今年10月底前全部完工。\n\n\
             “盼了好多年,终于等到了这一天。”家住桐花巷的居民陈桂香高兴地说,小区的路面坑洼不平,管网老化严重,每到下雨天就积水,大家出行很不方\n\n\
             便。改造完成后,小区将新增停车位、充电桩和休闲健身场地,并加装电梯第{n}部。\n\n\
             区住建局负责人介绍,今年全区将统筹推进老旧小区改造、口袋公园建设和背街小巷整治,让群众在家门口感受到看得见的变化。\n\n",
            n % 28 + 1,
            n * 3,
            n * 120,
        ));
    }
    text
}

#[divan::bench(args = [100_000, 1_000_000, 10_000_000])]
fn marked(bencher: Bencher<'_, '_>, bytes: usize) {
    run(bencher, &sample(bytes, true));
}

#[divan::bench(args = [100_000, 1_000_000, 10_000_000])]
fn plain(bencher: Bencher<'_, '_>, bytes: usize) {
    run(bencher, &sample(bytes, false));
}

fn run(bencher: Bencher<'_, '_>, text: &str) {
    let (source, origin) = (Source::named("sample"), Origin::default());
    bencher
        .counter(BytesCount::of_str(text))
        .bench(|| page::read(divan::black_box(text.as_bytes()), &source, &origin));
}
