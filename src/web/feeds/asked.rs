//! What an address asks for: the channel, the form, the page of it. Pure, total, bounded.

use crate::bus::layout;
use crate::config::is_token;

/// Items on a page, when nothing else is asked.
pub(super) const USUAL: usize = 50;
/// Most items on a page.
pub(super) const MOST: usize = 100;
/// Longest id of an item.
const LONGEST_ID: usize = 160;

/// Form of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Form {
    Json,
    Atom,
}

impl Form {
    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Atom => "atom",
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/feed+json; charset=utf-8",
            Self::Atom => "application/atom+xml; charset=utf-8",
        }
    }
}

/// A page of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    pub(super) channel: String,
    pub(super) form: Form,
    /// Items older than this place; the newest without.
    pub(super) before: Option<u64>,
    /// 1 to [`MOST`].
    pub(super) limit: usize,
}

impl Asked {
    /// Reads `CHANNEL.json` or `CHANNEL.atom` and `before=…&limit=…`.
    ///
    /// # Errors
    /// What is wrong with it, for whoever asked.
    pub(super) fn read(file: &str, query: &str) -> Result<Self, &'static str> {
        let (channel, form) = match file.rsplit_once('.') {
            Some((channel, "json")) => (channel, Form::Json),
            Some((channel, "atom")) => (channel, Form::Atom),
            _ => return Err("a feed is called CHANNEL.json or CHANNEL.atom"),
        };
        if !is_token(channel) {
            return Err("no channel can be called so");
        }
        let mut asked = Self {
            channel: channel.to_owned(),
            form,
            before: None,
            limit: USUAL,
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("before", place)) => {
                    let place = place
                        .parse()
                        .map_err(|_| "`before` is a number, as `next` has it")?;
                    asked.before = Some(place);
                }
                Some(("limit", limit)) => {
                    let limit: usize =
                        limit.parse().map_err(|_| "`limit` is a number, 1 to 100")?;
                    asked.limit = limit.clamp(1, MOST);
                }
                // Readers add parameters of their own against caches.
                _ => {}
            }
        }
        Ok(asked)
    }

    /// The address of this page, below the host.
    pub(super) fn path(&self) -> String {
        let mut path = format!("/feeds/{}.{}", self.channel, self.form.extension());
        let mut sign = '?';
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                path.push(sign);
                path.extend([name, "=", &value]);
                sign = '&';
            }
        };
        add("before", self.before.map(|b| b.to_string()));
        add(
            "limit",
            (self.limit != USUAL).then(|| self.limit.to_string()),
        );
        path
    }
}

/// The source an item's id begins with; none for what can be no id.
pub(super) fn source_of(id: &str) -> Option<&str> {
    layout::source_of(id).filter(|_| id.len() <= LONGEST_ID)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_page_is_what_its_address_says() {
        for (file, query, before, limit) in [
            ("all.json", "", None, 50),
            ("all.atom", "before=17", Some(17), 50),
            ("all.json", "limit=7&before=3&_=x", Some(3), 7),
            ("all.json", "limit=100000", None, 100),
            ("all.json", "limit=0", None, 1),
        ] {
            let asked = Asked::read(file, query).unwrap();
            assert_eq!(
                (asked.before, asked.limit),
                (before, limit),
                "{file}?{query}"
            );
        }
        for (file, query) in [
            ("all", ""),
            ("all.xml", ""),
            (".json", ""),
            ("*.json", ""),
            ("a.b.json", ""),
            ("all.json", "before=-1"),
            ("all.json", "before=99999999999999999999999"),
            ("all.json", "limit=many"),
        ] {
            assert!(Asked::read(file, query).is_err(), "{file}?{query}");
        }
    }

    #[test]
    fn an_id_begins_with_its_source() {
        for (id, source) in [
            ("zzrb-20240105-02-k3v7q2ma", Some("zzrb")),
            ("zz-rb-20240105-02-k3v7q2ma", Some("zz-rb")),
            ("zzrb", None),
            ("*-20240105-02-k3v7q2ma", None),
            ("zzrb-20240105-02-k3v7.q2ma", None),
            ("-20240105-02-k3v7q2ma", None),
        ] {
            assert_eq!(source_of(id), source, "{id}");
        }
    }

    proptest! {
        #[test]
        fn any_address_is_read_or_refused_and_never_asks_for_more_than_the_most(file in any::<String>(), query in any::<String>()) {
            for file in [file.clone(), format!("{file}.json"), format!("{file}.atom"), "all.json".into()] {
                if let Ok(asked) = Asked::read(&file, &query) {
                    prop_assert!(is_token(&asked.channel));
                    prop_assert!((1..=MOST).contains(&asked.limit));
                }
            }
        }

        #[test]
        fn an_address_says_what_it_was_made_of(channel in "[a-z0-9][a-z0-9_-]{0,20}", before in any::<Option<u64>>(), limit in 1..=MOST, atom in any::<bool>()) {
            let form = if atom { Form::Atom } else { Form::Json };
            let asked = Asked { channel, form, before, limit };
            let path = asked.path();
            let (path, query) = path.split_once('?').unwrap_or((&path, ""));
            let again = Asked::read(path.strip_prefix("/feeds/").unwrap(), query);
            prop_assert_eq!(again, Ok(asked));
        }

        #[test]
        fn any_id_names_a_source_that_can_stand_in_a_subject_or_none(id in any::<String>(), plain in "[a-z0-9*>. _-]{0,200}") {
            for id in [id, plain] {
                prop_assert!(source_of(&id).is_none_or(|s| is_token(s) && id.starts_with(s) && !id.contains(['.', '*', '>', ' '])));
            }
        }
    }
}
