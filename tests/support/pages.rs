//! Pages to put into an inbox.

use std::path::{Path, PathBuf};

/// The sample pages, by their paths below the source's folder.
pub(crate) const SAMPLES: [&str; 2] = ["20250318/01.md", "20250318/02.md"];

/// A sample page of the repository.
pub(crate) fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples/rsrb")
        .join(name)
}

/// One invented article, as an OCR service hands it over.
pub(crate) fn article(headline: &str, body: &str) -> String {
    format!("## {headline}\n\n**汝水日报讯(全媒体记者/桂长澜)** {body}\n\n")
}

/// A page of `count` invented articles; no two pages of different `number` share one.
pub(crate) fn page(number: usize, count: usize) -> String {
    const PLACES: [&str; 6] = ["南城县", "崇仁县", "东乡区", "资溪县", "金溪县", "临川区"];
    (0..count)
        .map(|i| {
            let place = PLACES[(number + i) % PLACES.len()];
            article(
                &format!("{place}第{number}批{i}号水塘清淤完工"),
                &format!(
                    "3月17日,{place}第{number}批{i}号水塘清淤工程完工,清出淤泥{}立方米,周边农田灌溉有了保障。\n\n\
                     记者在现场看到,施工人员正在加固塘堤。当地水利部门负责人说,汛期前还将完成{}口水塘的整治。",
                    100 + i,
                    number + i + 2,
                ),
            )
        })
        .collect()
}
