//! `config/entities.toml`: house names, which win over rules and weights.

use crate::gazetteer;
use crate::item::EntityKind;
use crate::problem::Problem;
use serde::Deserialize;
use std::collections::HashMap;
use toml::Spanned;

/// House names and their aliases.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntitiesConfig {
    /// One entry a person, organisation or place.
    #[serde(default, rename = "name")]
    pub names: Vec<HouseName>,
}

/// A name the newsroom knows better than any model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HouseName {
    /// Full name: the entity's name whatever alias stands in the text.
    pub name: Spanned<String>,
    /// person, organisation or place.
    pub kind: HouseKind,
    /// Other names of the same.
    #[serde(default)]
    pub aliases: Vec<Spanned<String>>,
    /// Division code of a place.
    #[serde(default)]
    pub code: Option<Spanned<String>>,
}

/// Sort of a house name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HouseKind {
    /// A person.
    Person,
    /// An organisation.
    Organisation,
    /// A place.
    Place,
}

impl From<HouseKind> for EntityKind {
    fn from(kind: HouseKind) -> Self {
        match kind {
            HouseKind::Person => Self::Person,
            HouseKind::Organisation => Self::Organisation,
            HouseKind::Place => Self::Place,
        }
    }
}

impl HouseName {
    /// The name and its aliases.
    pub(super) fn spellings(&self) -> impl Iterator<Item = &Spanned<String>> {
        std::iter::once(&self.name).chain(&self.aliases)
    }
}

/// Everything wrong with the names of a configuration.
pub(super) fn problems(config: &EntitiesConfig) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut owners: HashMap<&str, &str> = HashMap::new();
    for house in &config.names {
        for spelling in house.spellings() {
            let text = spelling.get_ref().as_str();
            if text.trim() != text || text.chars().nth(1).is_none() {
                found.push(
                    Problem::at(spelling.span(), format!("{text:?} is no name"))
                        .help("a name has two characters or more and no space around it"),
                );
            } else if let Some(owner) = owners.insert(text, house.name.get_ref()) {
                found.push(
                    Problem::at(spelling.span(), format!("{text:?} already names {owner:?}"))
                        .help("keep it in one entry"),
                );
            }
        }
        if let Some(code) = &house.code {
            if house.kind != HouseKind::Place {
                found.push(
                    Problem::at(code.span(), "only a place has a code")
                        .help("remove it, or set kind = \"place\""),
                );
            } else if gazetteer::by_code(code.get_ref()).is_none() {
                found.push(
                    Problem::at(
                        code.span(),
                        format!("no division has the code {:?}", code.get_ref()),
                    )
                    .help("GB/T 2260: six digits, nine at street level"),
                );
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(toml: &str) -> Vec<String> {
        match toml::from_str::<EntitiesConfig>(toml) {
            Ok(config) => problems(&config).iter().map(ToString::to_string).collect(),
            Err(error) => vec![error.message().to_owned()],
        }
    }

    #[test]
    fn every_mistake_is_named() {
        for (toml, expected) in [
            (
                "[[name]]\nname = \"甲\"\nkind = \"person\"",
                "\"甲\" is no name (a name has two characters or more and no space around it)",
            ),
            (
                "[[name]]\nname = \"甲乙 \"\nkind = \"person\"",
                "\"甲乙 \" is no name (a name has two characters or more and no space around it)",
            ),
            (
                "[[name]]\nname = \"甲乙\"\nkind = \"person\"\n[[name]]\nname = \"丙丁\"\nkind = \"person\"\naliases = [\"甲乙\"]",
                "\"甲乙\" already names \"甲乙\" (keep it in one entry)",
            ),
            (
                "[[name]]\nname = \"甲乙\"\nkind = \"person\"\ncode = \"430200\"",
                "only a place has a code (remove it, or set kind = \"place\")",
            ),
            (
                "[[name]]\nname = \"甲乙\"\nkind = \"place\"\ncode = \"999999\"",
                "no division has the code \"999999\" (GB/T 2260: six digits, nine at street level)",
            ),
            ("[[names]]\n", "unknown field `names`, expected `name`"),
        ] {
            assert_eq!(messages(toml), [expected], "{toml}");
        }
        assert!(messages("[[name]]\nname = \"甲乙\"\nkind = \"place\"\ncode = \"430200\"\naliases = [\"甲丙\"]").is_empty());
    }
}
