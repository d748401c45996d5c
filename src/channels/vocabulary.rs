//! The names a query may use besides those of the gazetteer.

/// Known topics and sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// House topics.
    pub topics: Vec<TopicName>,
    /// Names of the sources; empty when whoever reads them runs elsewhere, and then any is taken.
    pub sources: Vec<String>,
}

/// A house topic as queries see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicName {
    /// House id: `volunteers`.
    pub id: String,
    /// Name in Chinese: `志愿服务`.
    pub name: String,
    /// Ids of the topics it lies in.
    pub parents: Vec<String>,
}

impl Vocabulary {
    /// The id of the topic with this id or name.
    pub fn topic(&self, name: &str) -> Option<&str> {
        let found = |t: &&TopicName| t.id == name || t.name == name;
        self.topics.iter().find(found).map(|t| t.id.as_str())
    }

    /// The topic `id` and everything below it, in order of id.
    pub fn below<'a>(&'a self, id: &'a str) -> Vec<&'a str> {
        let mut found = vec![id];
        let mut next = 0;
        while let Some(&parent) = found.get(next) {
            next += 1;
            for topic in &self.topics {
                let child = topic.parents.iter().any(|p| p == parent);
                if child && !found.contains(&topic.id.as_str()) {
                    found.push(&topic.id);
                }
            }
        }
        found.sort_unstable();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_covers_what_is_below_it_even_in_a_circle() {
        let topic = |id: &str, parent: &str| TopicName {
            id: id.into(),
            name: String::new(),
            parents: vec![parent.into()],
        };
        let vocabulary = Vocabulary {
            topics: vec![
                topic("a", "c"),
                topic("b", "a"),
                topic("c", "b"),
                topic("d", "x"),
            ],
            sources: Vec::new(),
        };
        assert_eq!(vocabulary.below("b"), ["a", "b", "c"]);
        assert_eq!(vocabulary.below("d"), ["d"]);
    }
}
