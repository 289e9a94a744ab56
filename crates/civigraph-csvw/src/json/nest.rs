//! Subjects of a row inside one another (csv2json §4.4, "Generating Nested Objects").

use super::row::{MemberValue, SubjectObject};
use std::collections::HashMap;

/// The objects of a row that are in no other, each as text with those inside it.
///
/// A subject goes into another where the row names it by exactly one value URL, unless it would go
/// into itself.
pub(super) fn write_roots(subjects: &[SubjectObject]) -> Vec<String> {
    let parents = parents(subjects);
    let mut children = vec![Vec::new(); subjects.len()];
    for (child, parent) in parents.iter().enumerate() {
        if let Some(parent) = parent {
            children[*parent].push(child);
        }
    }
    // Children are written before their parents: no recursion, however long a chain of columns is.
    let mut order: Vec<usize> = (0..subjects.len())
        .filter(|&subject| parents[subject].is_none())
        .collect();
    let roots = order.clone();
    let mut next = 0;
    while let Some(&subject) = order.get(next) {
        order.extend_from_slice(&children[subject]);
        next += 1;
    }
    let mut texts = vec![String::new(); subjects.len()];
    for &subject in order.iter().rev() {
        let mut text = String::new();
        let nested = |url: &str| {
            children[subject]
                .iter()
                .find(|&&child| subjects[child].id.as_deref() == Some(url))
                .map(|&child| texts[child].as_str())
        };
        subjects[subject].write(nested, &mut text);
        texts[subject] = text;
    }
    roots
        .into_iter()
        .map(|root| std::mem::take(&mut texts[root]))
        .collect()
}

/// For each subject the one that it goes into.
fn parents(subjects: &[SubjectObject]) -> Vec<Option<usize>> {
    let mut parents: Vec<Option<usize>> = vec![None; subjects.len()];
    if subjects.len() < 2 {
        return parents;
    }
    let urls_of = |subject: &'_ SubjectObject| -> Vec<String> {
        let values = subject.members.iter().flat_map(|member| &member.values);
        values
            .filter_map(|value| match value {
                MemberValue::Url(url) => Some(url.clone()),
                MemberValue::Text(_) => None,
            })
            .collect()
    };
    let urls: Vec<Vec<String>> = subjects.iter().map(urls_of).collect();
    let mut times: HashMap<&str, usize> = HashMap::new();
    for url in urls.iter().flatten() {
        *times.entry(url).or_default() += 1;
    }
    let by_id: HashMap<&str, usize> = subjects
        .iter()
        .enumerate()
        .filter_map(|(index, subject)| Some((subject.id.as_deref()?, index)))
        .collect();
    for (index, urls) in urls.iter().enumerate() {
        for url in urls
            .iter()
            .filter(|url| times.get(url.as_str()) == Some(&1))
        {
            if let Some(&child) = by_id.get(url.as_str())
                && root(&parents, index) != child
            {
                // A URL that is there once has one parent only, so the child is a root.
                parents[child] = Some(index);
            }
        }
    }
    parents
}

/// The root of the tree that a subject is in.
fn root(parents: &[Option<usize>], mut subject: usize) -> usize {
    while let Some(parent) = parents[subject] {
        subject = parent;
    }
    subject
}
