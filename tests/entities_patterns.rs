//! Dates, sums and quantities: exact spans. Sentences are invented.

use copydesk::enrich::entities::Tagger;

/// What is tagged in `text`, as `kind:words`.
fn tagged(text: &str) -> Vec<String> {
    Tagger::default()
        .tag(text)
        .into_iter()
        .filter(|m| matches!(m.kind.as_str(), "date" | "money" | "quantity"))
        .map(|m| format!("{}:{}", m.kind.as_str(), m.span.of(text)))
        .collect()
}

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(tagged(text), expected, "{text}");
}

#[test]
fn absolute_dates() {
    check("2023年12月29日,仓库起火。", &["date:2023年12月29日"]);
    check("二〇二四年一月五日上午,", &["date:二〇二四年一月五日上午"]);
    check("２０２４年３月，", &["date:２０２４年３月"]);
    check("截至2021年底建成", &["date:2021年底"]);
    check("2023年度考核", &["date:2023年度"]);
    check(
        "2022年上半年、第三季度",
        &["date:2022年上半年", "date:第三季度"],
    );
    check("2024-01-05发布", &["date:2024-01-05"]);
    check("1月下旬开工", &["date:1月下旬"]);
    check(
        "上世纪八十年代末,20世纪90年代",
        &["date:上世纪八十年代末", "date:20世纪90年代"],
    );
}

#[test]
fn ranges_are_one_date() {
    check("2019年至2020年,她参加", &["date:2019年至2020年"]);
    check("1月5日下午1时至5时,企业", &["date:1月5日下午1时至5时"]);
    check("3月5日—8日举行", &["date:3月5日—8日"]);
    check("2019—2021年期间", &["date:2019—2021年"]);
    check("1-3月,全市", &["date:1-3月"]);
    check("去年12月至今年2月", &["date:去年12月至今年2月"]);
    check("2012年以来,2015年至今", &["date:2012年", "date:2015年至今"]);
}

#[test]
fn relative_dates() {
    check("近日,我市开展", &["date:近日"]);
    check(
        "今年9月30日交房,去年9月开工",
        &["date:今年9月30日", "date:去年9月"],
    );
    check("当晚8点半,大家散去", &["date:当晚8点半"]);
    check("近3年来,近年来", &["date:近3年来", "date:近年来"]);
    check("前不久,三天前", &["date:前不久", "date:三天前"]);
    check("上周五下午,本周日", &["date:上周五下午", "date:本周日"]);
    check("为下一年充电", &["date:下一年"]);
    check(
        "今年春节期间,元旦小长假",
        &["date:今年春节期间", "date:元旦小长假"],
    );
    check(
        "农历八月十五,正月初五,腊月廿三",
        &["date:农历八月十五", "date:正月初五", "date:腊月廿三"],
    );
}

#[test]
fn what_is_no_date() {
    for text in [
        "目前进展顺利",
        "如今不同了",
        "下午3时集合",
        "2019级学生",
        "寄去一份冬日问候",
        "附近日照充足",
        "今日头条报道",
        "五一路和元旦村",
        "百年老店",
        "一天,他来了",
    ] {
        check(text, &[]);
    }
}

#[test]
fn money() {
    check("总投资100亿元", &["money:100亿元"]);
    check(
        "费用760余万元,5亿多元",
        &["money:760余万元", "money:5亿多元"],
    );
    check("节约3000万元以上", &["money:3000万元以上"]);
    check(
        "收入几千元,三百二十元",
        &["money:几千元", "money:三百二十元"],
    );
    check(
        "3000元至5000元,3-5万元",
        &["money:3000元至5000元", "money:3-5万元"],
    );
    check("12,000美元,¥500", &["money:12,000美元", "money:¥500"]);
    check(
        "销售收入达3567万元,超过2亿元",
        &["money:3567万元", "money:2亿元"],
    );
    check("1.2万亿元,人民币50元", &["money:1.2万亿元", "money:50元"]);
    check("二元一次方程", &[]);
}

#[test]
fn quantities() {
    check("占全国42%、75%以上", &["quantity:42%", "quantity:75%以上"]);
    check(
        "约5天,近4个月,90余人",
        &["quantity:约5天", "quantity:近4个月", "quantity:90余人"],
    );
    check(
        "12000余人,50多位",
        &["quantity:12000余人", "quantity:50多位"],
    );
    check(
        "231.6万立方米,666.7公顷",
        &["quantity:231.6万立方米", "quantity:666.7公顷"],
    );
    check(
        "提前了两个月,一个月内",
        &["quantity:两个月", "quantity:一个月"],
    );
    check(
        "百分之三十五,0.5个百分点",
        &["quantity:百分之三十五", "quantity:0.5个百分点"],
    );
    check("10至15名,三五个", &["quantity:10至15名", "quantity:三五个"]);
    check("8万人次,300户", &["quantity:8万人次", "quantity:300户"]);
}

#[test]
fn what_counts_nothing() {
    for text in [
        "第3名",
        "第二届",
        "以3比2获胜",
        "乘12路到站",
        "5号楼",
        "歼-20",
        "一个好消息",
        "四个意识",
        "五位一体",
        "百家争鸣",
        "A4纸",
        "一针一线",
        "拨打12389",
        "“7·28”大案",
        "两级政府",
        "捡拾年龄",
    ] {
        check(text, &[]);
    }
}
