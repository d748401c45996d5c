//! A source's machine: it writes files in every manner there is, and keeps the ledger of what it wrote.

use crate::books::{Ledger, Written};
use fastrand::Rng;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

const PLACES: [&str; 4] = ["南城县", "崇仁县", "东乡区", "资溪县"];
const WORKS: [&str; 6] = [
    "水塘清淤",
    "渠道衬砌",
    "泵站改造",
    "河堤加固",
    "滚水坝修复",
    "机耕道硬化",
];
const REMARKS: [&str; 5] = [
    "施工人员正在清理场地。",
    "附近村民看在眼里,喜在心头。",
    "水利技术员每天到现场查看。",
    "余下的工程量不多了。",
    "材料都从本地的采石场运来。",
];

/// How a file is brought into the inbox.
#[derive(Debug, Clone, Copy)]
enum Manner {
    AtOnce,
    Slowly,
    Renamed,
    MovedInFolder,
    Linked,
    OverwrittenInPlace,
    ReplacedByRename,
    Deleted,
}

const MANNERS: [Manner; 8] = [
    Manner::AtOnce,
    Manner::Slowly,
    Manner::Renamed,
    Manner::MovedInFolder,
    Manner::Linked,
    Manner::OverwrittenInPlace,
    Manner::ReplacedByRename,
    Manner::Deleted,
];

/// Writes `files` files of about `each` articles below `inbox`, pausing up to `pause` between them.
/// `outside` is a folder on the same file system that nobody watches.
pub(crate) fn write_all(
    mut rng: Rng,
    inbox: &Path,
    outside: &Path,
    (files, each): (usize, usize),
    pause: Duration,
) -> Ledger {
    let mut writer = Writer {
        ledger: Ledger::new(),
        inbox,
        outside,
    };
    for number in 0..files {
        let manner = MANNERS[rng.usize(..MANNERS.len())];
        let articles = rng.usize(1..each * 2);
        writer.bring(&mut rng, number, manner, articles);
        std::thread::sleep(pause.mul_f64(rng.f64()));
    }
    writer.ledger
}

struct Writer<'a> {
    ledger: Ledger,
    inbox: &'a Path,
    outside: &'a Path,
}

impl Writer<'_> {
    fn bring(&mut self, rng: &mut Rng, number: usize, manner: Manner, articles: usize) {
        let name = format!("20250318/{number:04}.md");
        let path = self.inbox.join(&name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text = self.text(rng, number, articles, &name);
        let beside = path.with_extension("md.tmp");
        let aside = self.outside.join(format!("{number:04}.md"));
        match manner {
            Manner::AtOnce => fs::write(&path, text).unwrap(),
            Manner::Slowly => slowly(rng, &path, &text),
            Manner::Renamed => {
                slowly(rng, &beside, &text);
                fs::rename(beside, path).unwrap();
            }
            Manner::MovedInFolder => {
                let folder = self.outside.join(format!("folder-{number}"));
                fs::create_dir(&folder).unwrap();
                fs::write(folder.join("01.md"), text).unwrap();
                fs::rename(folder, self.inbox.join(format!("folder-{number}"))).unwrap();
            }
            Manner::Linked => {
                fs::write(&aside, text).unwrap();
                fs::hard_link(aside, path).unwrap();
            }
            Manner::OverwrittenInPlace => {
                fs::write(&path, text).unwrap();
                nap(rng, 2_500);
                let text = self.next_version(rng, &name);
                slowly(rng, &path, &text);
            }
            Manner::ReplacedByRename => {
                fs::write(&path, text).unwrap();
                nap(rng, 2_500);
                let text = self.next_version(rng, &name);
                fs::write(&beside, text).unwrap();
                fs::rename(beside, path).unwrap();
            }
            Manner::Deleted => {
                fs::write(&path, text).unwrap();
                nap(rng, 1_500);
                // Gone already where finished files are moved away.
                let _ = fs::remove_file(path);
                self.of_file(&name).for_each(|(_, w)| w.deleted = true);
            }
        }
    }

    fn text(&mut self, rng: &mut Rng, number: usize, articles: usize, file: &str) -> String {
        let mut text = String::new();
        for i in 0..articles {
            let headline = format!(
                "{}第{number}批{i}号{}完工",
                PLACES[(number + i) % PLACES.len()],
                WORKS[rng.usize(..WORKS.len())]
            );
            let body = body(rng, &headline, 1);
            text += &article(&headline, &body);
            let written = Written {
                versions: vec![body],
                deleted: false,
                file: file.to_owned(),
            };
            self.ledger.insert(headline, written);
        }
        text
    }

    /// The file's articles again, some of them changed.
    fn next_version(&mut self, rng: &mut Rng, file: &str) -> String {
        let mut text = String::new();
        let mut articles: Vec<_> = self.of_file(file).collect();
        articles.sort_by_key(|(headline, _)| (*headline).clone());
        for (headline, written) in articles {
            if rng.bool() {
                let version = written.versions.len() + 1;
                written.versions.push(body(rng, headline, version));
            }
            text += &article(headline, &written.versions[written.versions.len() - 1]);
        }
        text
    }

    fn of_file(&mut self, file: &str) -> impl Iterator<Item = (&String, &mut Written)> {
        self.ledger.iter_mut().filter(move |(_, w)| w.file == file)
    }
}

/// Two paragraphs, as the item must carry them.
fn body(rng: &mut Rng, headline: &str, version: usize) -> String {
    let remarks: String = (0..rng.usize(1..REMARKS.len()))
        .map(|i| REMARKS[i])
        .collect();
    format!(
        "3月17日,{headline},总投资{}万元,灌溉面积增加{}亩。\n{remarks}县水利局第{version}次核定的工程编号为{}。",
        rng.u32(20..900),
        rng.u32(50..4_000),
        rng.u32(100_000..999_999),
    )
}

fn article(headline: &str, body: &str) -> String {
    let body = body.replace('\n', "\n\n");
    format!("## {headline}\n\n**汝水日报讯(全媒体记者/桂长澜)** {body}\n\n")
}

/// In pieces that break anywhere, also within a character.
fn slowly(rng: &mut Rng, path: &PathBuf, text: &str) {
    let mut file = File::create(path).unwrap();
    let piece = text.len() / rng.usize(2..6) + 1;
    for piece in text.as_bytes().chunks(piece) {
        file.write_all(piece).unwrap();
        nap(rng, 600);
    }
}

fn nap(rng: &mut Rng, at_most: u64) {
    std::thread::sleep(Duration::from_millis(rng.u64(..at_most)));
}
