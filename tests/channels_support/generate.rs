//! Channels and items of an invented region, by the hundred thousand, the same in every run.

use super::{Builder, item};
use copydesk::article::Kind;
use copydesk::channels::{Channel, TopicName, Vocabulary};
use copydesk::gazetteer::{self, Division, Level};
use copydesk::item::Item;
use std::ops::Range;

const TOPICS: &str = "economy investment agriculture volunteers education employment health environment housing transport \
    science culture tourism sport law politics integrity disaster society world";
const SOURCES: &str = "zzrb xtrb csrb hyrb yyrb cdrb ldrb bzrb";
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢";
const GIVEN: &str = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文辉力志永健世广海山仁波宁贵福生龙元全胜学祥才发武新利清飞彬富顺信子";
const WORDS: &str = "发展 建设 项目 企业 产业 服务 农业 设施 改革 创新 科技 人才 教育 学校 医院 健康 环境 保护 治理 生态 \
    交通 公路 铁路 航空 物流 港口 园区 招商 引资 投资 签约 开工 竣工 投产 市场 消费 外贸 出口 税收 金融 \
    银行 贷款 保险 就业 创业 培训 技能 工匠 社区 街道 志愿 公益 慈善 救助 养老 托育 住房 安居 改造 更新 \
    旅游 文化 非遗 博物 展览 演出 体育 赛事 足球 马拉 冠军 法院 检察 公安 消防 应急 防汛 抗旱 地震 安全 \
    监督 巡视 廉洁 纪委 审计 预算 代表 委员 提案 座谈 调研 督导 会议 论坛 峰会 博览 合作 交流 考察 访问 \
    水稻 油茶 蔬菜 果园 养殖 农机 种业 粮食 丰收 春耕 乡村 振兴 合作 大户 电商 直播 品牌 质量 标准 专利 \
    轨道 装备 硬质 合金 陶瓷 烟花 服饰 北斗 氢能 光伏 储能 电池 芯片 软件 数据 算力 智能 机器 无人 卫星";
const TRADES: &str = "轨道交通 硬质合金 陶瓷 服饰 生物医药 新能源 物流 农业 文旅 建设 教育 食品 电子 机械 环保 化工 种业 通航 信息 材料";
const FIRMS: &str = "有限公司 集团 股份有限公司 合作社 研究院 学校 医院 协会";

/// xorshift64*: enough chance for made-up channels, and the same everywhere.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        let mut chance = Self((seed + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        chance.below(2);
        chance
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((u128::from(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)) * limit as u128) >> 64) as usize
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// What the made-up region consists of.
pub struct Region {
    topics: Vec<&'static str>,
    sources: Vec<&'static str>,
    words: Vec<&'static str>,
    trades: Vec<&'static str>,
    firms: Vec<&'static str>,
    surnames: Vec<char>,
    given: Vec<char>,
    /// Divisions down to counties.
    places: Vec<Division>,
    /// Those of one province: half of everything happens there.
    home: Vec<Division>,
}

impl Region {
    pub fn new() -> Self {
        let places: Vec<Division> = gazetteer::all()
            .filter(|d| matches!(d.level(), Level::Prefecture | Level::County))
            .collect();
        let split = |words: &'static str| words.split_ascii_whitespace().collect();
        Self {
            topics: split(TOPICS),
            sources: split(SOURCES),
            words: split(WORDS),
            trades: split(TRADES),
            firms: split(FIRMS),
            surnames: SURNAMES.chars().collect(),
            given: GIVEN.chars().collect(),
            home: places
                .iter()
                .filter(|d| d.code.starts_with("43"))
                .copied()
                .collect(),
            places,
        }
    }

    pub fn vocabulary(&self) -> Vocabulary {
        let topic = |id: &&str| TopicName {
            id: (*id).into(),
            name: String::new(),
            parents: Vec::new(),
        };
        Vocabulary {
            topics: self.topics.iter().map(topic).collect(),
            sources: self.sources.iter().map(|&s| s.into()).collect(),
        }
    }

    fn place(&self, chance: &mut Chance) -> Division {
        match chance.below(2) {
            0 => chance.pick(&self.home),
            _ => chance.pick(&self.places),
        }
    }

    fn person(&self, chance: &mut Chance) -> String {
        let mut name = String::from(chance.pick(&self.surnames));
        for _ in 0..2 {
            name.push(chance.pick(&self.given));
        }
        name
    }

    fn org(&self, chance: &mut Chance) -> String {
        let place = self.place(chance).short_name();
        format!(
            "{place}{}{}",
            chance.pick(&self.trades),
            chance.pick(&self.firms)
        )
    }

    /// Two words or three: an item has one in some two thousand of them.
    fn phrase(&self, chance: &mut Chance) -> String {
        (0..2 + chance.below(4).min(1))
            .map(|_| chance.pick(&self.words))
            .collect()
    }

    /// What a subscriber of this sort asks for.
    fn query(&self, chance: &mut Chance) -> String {
        let topic = chance.pick(&self.topics);
        let place = self.place(chance).code;
        match chance.below(200) {
            0..48 => format!("topic:{topic} AND place:{place} NOT kind:notice"),
            48..80 => format!(
                "person:{} OR org:\"{}\"",
                self.person(chance),
                self.org(chance)
            ),
            80..110 => format!("text:\"{}\" NOT kind:notice", self.phrase(chance)),
            110..132 => format!("topic:{topic}^0.8 AND text:{}", self.phrase(chance)),
            132..150 => format!(
                "org:{} OR headline:{}",
                self.org(chance),
                self.phrase(chance)
            ),
            150..164 => {
                let people = [
                    self.person(chance),
                    self.person(chance),
                    self.person(chance),
                ];
                format!("person:IN [{}] AND topic:{topic}", people.join(" "))
            }
            164..174 => {
                let (a, b) = (self.phrase(chance), self.phrase(chance));
                format!(
                    "({a} OR {b} OR headline:{a}*) place:{} NOT topic:{topic}",
                    &place[..2]
                )
            }
            174..184 => format!(
                "money>={}亿 place:{place} kind:IN [news feature]",
                1 + chance.below(9)
            ),
            184..192 => format!(
                "source:{} page:0{} topic:{topic}^0.9",
                chance.pick(&self.sources),
                1 + chance.below(8)
            ),
            192..197 => format!("place:{place}"),
            197..199 => format!("byline:{} date>=2024-01", self.person(chance)),
            _ => match chance.below(20) {
                0 => format!("topic:{topic}"),
                1 => "urgency<=2 NOT kind:notice".to_owned(),
                _ => format!(
                    "org:*{}* topic:{topic} place:{place}",
                    chance.pick(&self.trades)
                ),
            },
        }
    }

    /// Channels of different subscribers; a number always stands for the same one.
    pub fn channels(&self, numbers: Range<usize>) -> Vec<Channel> {
        let channel = |n| Channel {
            name: format!("s{n:07}"),
            query: self.query(&mut Chance::new(n as u64)),
        };
        numbers.map(channel).collect()
    }

    /// `count` items of some five hundred to a thousand characters.
    pub fn items(&self, count: usize) -> Vec<Item> {
        let mut chance = Chance::new(2);
        (0..count).map(|_| self.item(&mut chance)).collect()
    }

    fn item(&self, chance: &mut Chance) -> Item {
        let places: Vec<Division> = (0..2 + chance.below(3))
            .map(|_| self.place(chance))
            .collect();
        let people: Vec<String> = (0..2 + chance.below(4))
            .map(|_| self.person(chance))
            .collect();
        let orgs: Vec<String> = (0..1 + chance.below(3)).map(|_| self.org(chance)).collect();
        let mut body = String::new();
        for sentence in 0..25 + chance.below(30) {
            body.push_str(places[sentence % places.len()].name);
            for _ in 0..3 + chance.below(4) {
                body.push_str(chance.pick(&self.words));
            }
            body.push_str(&people[sentence % people.len()]);
            body.push_str(&orgs[sentence % orgs.len()]);
            body.push_str(if sentence % 6 == 5 { "。\n" } else { "，" });
        }
        let headline: String = (0..5).map(|_| chance.pick(&self.words)).collect();
        let mut built: Builder = item()
            .headline(&headline)
            .body(&body)
            .source(chance.pick(&self.sources))
            .page(&format!("0{}", 1 + chance.below(8)))
            .urgency(1 + u8::try_from(chance.below(9)).unwrap())
            .kind(chance.pick(&[
                Kind::News,
                Kind::News,
                Kind::News,
                Kind::Feature,
                Kind::Notice,
            ]))
            .byline(&format!("记者 {}", people[0]), &[people[0].as_str()]);
        for _ in 0..1 + chance.below(3) {
            built = built.topic(
                chance.pick(&self.topics),
                0.5 + chance.below(50) as f64 / 100.0,
            );
        }
        for place in &places {
            built = built.place(place.name, place.code);
        }
        for person in &people {
            built = built.person(person);
        }
        for org in &orgs {
            built = built.org(org);
        }
        built
            .money(&chance.below(20_000).to_string(), 10_000, None)
            .build()
    }
}
