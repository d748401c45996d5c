//! The classifier with the taxonomy it comes with: what is a topic, what only looks like one, and the reasons it gives.

#![allow(clippy::unwrap_used)] // helpers are tests too

use copydesk::enrich::topics::{Classifier, DEFAULT_THRESHOLD, Reason, TopicsConfig};
use copydesk::item::Field;
use proptest::prelude::*;
use std::sync::LazyLock;

/// Compiled once: that takes longer than a test.
static CLASSIFIER: LazyLock<Classifier> = LazyLock::new(|| Classifier::embedded().unwrap());

fn ids(headline: &str, body: &str) -> Vec<String> {
    CLASSIFIER
        .classify(headline, body)
        .into_iter()
        .map(|t| t.id)
        .collect()
}

#[test]
fn articles_get_their_topic() {
    let cases = [
        (
            "投资额12.6亿元的电子陶瓷项目签约落户平江高新区",
            "11月3日,平江高新区举行招商推介会,现场集中签约项目7个。园区招商专班先后三次赴外地对接客商,引进的电子陶瓷项目将于年底开工。",
            "investment",
        ),
        (
            "“红马甲”守护候车厅",
            "连日来,城东汽车站的志愿者忙着为旅客引导方向。这支志愿服务队由38名退休职工组成,累计服务时长超过6000小时。",
            "volunteers",
        ),
        (
            "再生稻迎来收割 机收率又提高",
            "在石桥村,三台收割机在稻田里来回穿梭。种粮大户贺立秋说,今年再生稻亩产预计超过600斤,农技员全程指导。",
            "agriculture",
        ),
        (
            "老旧小区加装电梯 居民上下楼不再愁",
            "建设里小区3栋的业主们等来了加装电梯竣工的消息。市住建局介绍,今年全市老旧小区改造惠及住房1.2万户。",
            "housing",
        ),
        (
            "县纪委监委通报4起违反中央八项规定精神问题",
            "通报指出,4名党员干部违规收受礼品礼金,分别受到党纪处分。各级纪检监察机关要加强监督执纪。",
            "integrity",
        ),
        (
            "专场招聘会送岗上门",
            "招聘会吸引46家企业参加,提供就业岗位1800个,高校毕业生和返乡农民工现场投递简历,312人达成就业意向。",
            "employment",
        ),
    ];
    for (headline, body, wanted) in cases {
        let found = ids(headline, body);
        assert!(
            found.iter().any(|id| id == wanted),
            "{headline}: wanted {wanted}, got {found:?}"
        );
    }
}

#[test]
fn look_alikes_are_no_topic() {
    let cases = [
        (
            "老兵回忆抗美援朝岁月",
            "老人是志愿军某部卫生员,他珍藏着一枚志愿军纪念章,常给孩子们讲中国人民志愿军的故事。",
            "volunteers",
        ),
        (
            "高考志愿填报今天开始",
            "考生可登录系统填报志愿,平行志愿每批次可填45个院校志愿,征集志愿另行公布。",
            "volunteers",
        ),
        (
            "农业银行推出新版手机银行",
            "农业银行市分行与农商银行联合升级柜面业务,客户凭身份证在农业银行网点办理。",
            "agriculture",
        ),
        (
            "交通大学举行校友座谈",
            "交通大学校友会会长说,交通大学与交通银行的合作已有十年。",
            "transport",
        ),
        (
            "工农兵雕像修缮完成",
            "神农公园里的工农兵雕像建于上世纪七十年代,神农雕像也将修缮。",
            "agriculture",
        ),
    ];
    for (headline, body, never) in cases {
        let found = ids(headline, body);
        assert!(found.iter().all(|id| id != never), "{headline}: {found:?}");
    }
}

#[test]
fn a_passing_mention_is_no_topic_and_the_reason_is_given() {
    let (headline, body) = (
        "古镇迎来旅游旺季",
        "国庆假期,青石古镇接待游客8.6万人次,民宿一房难求。景区加开夜游项目,旅游收入创下新高。入口处有志愿者为游客指路。",
    );
    assert_eq!(ids(headline, body), ["tourism"]);
    let why = CLASSIFIER.explain(headline, body, "volunteers").unwrap();
    assert!(!why.given);
    assert!(
        why.reasons
            .iter()
            .any(|r| matches!(r, Reason::Passing { .. })),
        "{why:?}"
    );
    assert!(
        why.reasons
            .iter()
            .any(|r| matches!(r, Reason::Outweighed { by, .. } if by == "tourism")),
        "{why:?}"
    );
    assert_eq!(
        why.evidence.first().map(|e| e.term.as_str()),
        Some("志愿者")
    );
}

#[test]
fn one_word_repeated_is_no_topic() {
    let body = "足球".repeat(50);
    assert_eq!(ids("", &body), Vec::<String>::new());
    let why = CLASSIFIER.explain("", &body, "sport").unwrap();
    assert!(why.reasons.contains(&Reason::OneWord), "{why:?}");
}

#[test]
fn an_announcement_has_no_topic() {
    let (headline, body) = (
        "遗失声明",
        "市第三小学遗失法人证书正本,声明作废。城南农贸市场王某遗失商铺租赁合同,特此声明。联系电话见下。",
    );
    assert_eq!(ids(headline, body), Vec::<String>::new());
    let why = CLASSIFIER.explain(headline, body, "education").unwrap();
    assert!(why.reasons.contains(&Reason::Notice));
}

#[test]
fn a_mask_is_shown_where_it_hid_a_term() {
    let config = "masks = [\"非遗产\"]\n[[topic]]\nid = \"heritage\"\nname = \"非遗\"\ndecisive = [\"非遗\"]";
    let classifier = Classifier::new(&TopicsConfig::parse(config).unwrap()).unwrap();
    let why = classifier
        .explain("财产继承", "这笔钱是非遗产收入", "heritage")
        .unwrap();
    assert_eq!(why.reasons, [Reason::NoTerm]);
    let [mask] = why.masked.as_slice() else {
        panic!("{why:?}")
    };
    assert_eq!(
        (
            mask.term.as_str(),
            mask.r#in,
            mask.span.start,
            mask.span.end
        ),
        ("非遗产", Field::Body, 4, 7)
    );
}

#[test]
fn a_longer_term_speaks_for_the_decisive_term_inside_it() {
    let config = "[[topic]]\nid = \"heritage\"\nname = \"非遗\"\ndecisive = [\"非遗\"]\n[[topic]]\nid = \"people\"\nname = \"人物\"\ndecisive = [\"非遗传承人\"]";
    let classifier = Classifier::new(&TopicsConfig::parse(config).unwrap()).unwrap();
    let found = classifier.classify("非遗传承人", "非遗传承人与非遗传承人");
    assert_eq!(
        found.iter().map(|t| t.id.as_str()).collect::<Vec<_>>(),
        ["heritage", "people"]
    );
}

#[test]
fn every_mediatopic_has_the_name_iptc_gave_it() {
    let folder = std::env::var("COPYDESK_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    let Ok(table) = std::fs::read_to_string(format!("{folder}/vocab/mediatopics-2023-10-24.tsv"))
    else {
        println!("skipped: no Media Topics table below {folder}");
        return;
    };
    let config = TopicsConfig::parse(copydesk::enrich::topics::EMBEDDED).unwrap();
    for code in config.topic.iter().flat_map(|t| &t.mediatopics) {
        let qcode = format!("medtop:{}", code.code.get_ref());
        let row: Vec<&str> = table
            .lines()
            .map(|line| line.split('\t').collect::<Vec<_>>())
            .find(|row| row.first() == Some(&qcode.as_str()))
            .unwrap_or_else(|| panic!("{qcode} is not in Media Topics"));
        assert_eq!(row[4], code.name, "{qcode}");
        assert_eq!(row.get(8).copied().unwrap_or(""), "", "{qcode} is retired");
    }
}

proptest! {
    #[test]
    fn evidence_is_where_it_says_and_nothing_panics(
        headline in "([招商引资志愿服务农业者\u{1F33E}a, ]|学校){0,30}",
        body in "([招商引资志愿服务农业军者\u{1F33E}\n。]|住房|纪委){0,200}",
    ) {
        for topic in CLASSIFIER.classify(&headline, &body) {
            prop_assert!(topic.score >= DEFAULT_THRESHOLD && topic.score <= 1.0);
            prop_assert!(!topic.evidence.is_empty());
            for e in &topic.evidence {
                let text = if e.r#in == Field::Headline { &headline } else { &body };
                prop_assert_eq!(e.span.of(text), e.term.as_str());
            }
            let why = CLASSIFIER.explain(&headline, &body, &topic.id).unwrap();
            prop_assert!(why.given && why.reasons.is_empty());
            prop_assert_eq!(&why.evidence, &topic.evidence);
        }
    }
}
