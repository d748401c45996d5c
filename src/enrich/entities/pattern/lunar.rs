//! The lunar calendar, 1950 to 2059, from new moons and solar terms at UTC+8.

use jiff::civil::Date;

/// One year: days from 1 January to its first day << 17, leap month << 13, a bit per month in order: 30 days.
const YEARS: [u32; 110] = [
    0x5e0536, 0x480aad, 0x34b5aa, 0x5805b2, 0x420da5, 0x2e7d4a, 0x540d4a, 0x3d0a95, 0x600a97,
    0x4c0556, 0x36cab5, 0x5a0ad5, 0x4606d2, 0x308ea5, 0x560ea5, 0x40064a, 0x286c97, 0x4e0a9b,
    0x3af55a, 0x5e056a, 0x480b69, 0x34b752, 0x5a0b52, 0x420b25, 0x2c964b, 0x520a4b, 0x3d14ab,
    0x6002ad, 0x4a056d, 0x36cb69, 0x5c0da9, 0x460d92, 0x309d25, 0x560d25, 0x415a4d, 0x640a56,
    0x4e02b6, 0x38c5b5, 0x5e06d5, 0x480ea9, 0x34be92, 0x5a0e92, 0x440d26, 0x2c6a56, 0x500a57,
    0x3d14d6, 0x62035a, 0x4a06d5, 0x36b6c9, 0x5c0749, 0x460693, 0x2e952b, 0x54052b, 0x3e0a5b,
    0x2a555a, 0x4e056a, 0x38fb55, 0x600ba4, 0x4a0b49, 0x32ba93, 0x580a95, 0x42052d, 0x2c8aad,
    0x500ab5, 0x3d35aa, 0x6205d2, 0x4c0da5, 0x36dd4a, 0x5c0d4a, 0x460c95, 0x30952e, 0x540556,
    0x3e0ab5, 0x2a55b2, 0x5006d2, 0x38cea5, 0x5e0725, 0x48064b, 0x32ac97, 0x560cab, 0x42055a,
    0x2c6ad6, 0x520b69, 0x3d7752, 0x620b52, 0x4c0b25, 0x36da4b, 0x5a0a4b, 0x4404ab, 0x2ea55b,
    0x5405ad, 0x3e0b6a, 0x2a5b52, 0x500d92, 0x3afd25, 0x5e0d25, 0x480a55, 0x32b4ad, 0x5804b6,
    0x4005b5, 0x2c6daa, 0x520ec9, 0x3f1e92, 0x620e92, 0x4c0d26, 0x36ca56, 0x5a0a57, 0x440556,
    0x2e86d5, 0x540755,
];
const FIRST: i16 = 1950;

/// The day of the common calendar on which a lunar day falls; `None` outside the table or where there is no such day.
pub(super) fn date(year: i16, month: u32, day: u32) -> Option<Date> {
    let bits = *YEARS.get(usize::try_from(year.checked_sub(FIRST)?).ok()?)?;
    if !(1..=12).contains(&month) || !(1..=30).contains(&day) {
        return None;
    }
    let leap = (bits >> 13) & 0xf;
    // A leap month follows its namesake.
    let before = month - 1 + u32::from(leap != 0 && leap < month);
    let length = |index: u32| 29 + ((bits >> index) & 1);
    if day > length(before) {
        return None;
    }
    let days = (bits >> 17) + (0..before).map(length).sum::<u32>() + day - 1;
    let new_year = Date::new(year, 1, 1).ok()?;
    new_year
        .checked_add(jiff::Span::new().days(i64::from(days)))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn festivals_fall_on_their_days() {
        for (lunar, expected) in [
            ((2024, 1, 1), "2024-02-10"),
            ((2023, 1, 1), "2023-01-22"),
            ((2023, 8, 15), "2023-09-29"),
            ((2023, 12, 30), "2024-02-09"),
            ((2025, 6, 1), "2025-06-25"),
            ((2025, 9, 9), "2025-10-29"),
            ((2020, 5, 5), "2020-06-25"),
        ] {
            let found = date(lunar.0, lunar.1, lunar.2).map(|d| d.to_string());
            assert_eq!(found.as_deref(), Some(expected), "{lunar:?}");
        }
        for none in [
            (1949, 1, 1),
            (2060, 1, 1),
            (2024, 13, 1),
            (2024, 0, 1),
            (2024, 1, 31),
            (2024, 1, 30),
        ] {
            assert_eq!(date(none.0, none.1, none.2), None, "{none:?}");
        }
    }
}
