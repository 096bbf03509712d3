//! A page of metrics, read strictly.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;

/// Reads a page: what each sample, name and labels, is. Fails on anything that is not as `OpenMetrics` says.
pub(crate) fn read(page: &str) -> BTreeMap<String, f64> {
    let name = "[a-z][a-z0-9_]*";
    let help = Regex::new(&format!(r"^# HELP ({name}) [A-Z][^\n]*[^.\n]$")).unwrap();
    let kind = Regex::new(&format!("^# TYPE ({name}) (gauge|counter|info)$")).unwrap();
    let unit = Regex::new(&format!("^# UNIT ({name}) (seconds)$")).unwrap();
    let label = format!(r#"{name}="(?:[^"\\\n]|\\["\\n])*""#);
    let sample = Regex::new(&format!(r"^({name})(\{{{label}(?:,{label})*\}})? ([0-9]+(?:\.[0-9]+)?)$")).unwrap();

    let body = page.strip_suffix("# EOF\n").unwrap_or_else(|| panic!("no end: {page}"));
    let mut samples = BTreeMap::new();
    let (mut family, mut type_) = (String::new(), String::new());
    for line in body.lines() {
        if let Some(hit) = help.captures(line) {
            hit[1].clone_into(&mut family);
            assert!(family.starts_with("herald_"), "{line}");
        } else if let Some(hit) = kind.captures(line) {
            assert_eq!(hit[1], family, "{line}");
            hit[2].clone_into(&mut type_);
        } else if let Some(hit) = unit.captures(line) {
            assert_eq!(hit[1], family, "{line}");
            assert!(family.ends_with(&format!("_{}", &hit[2])), "{line}");
        } else if let Some(hit) = sample.captures(line) {
            let suffix = match type_.as_str() {
                "counter" => "_total",
                "info" => "_info",
                _ => "",
            };
            assert_eq!(hit[1], format!("{family}{suffix}"), "{line}");
            let key = format!("{}{}", &hit[1], hit.get(2).map_or("", |labels| labels.as_str()));
            assert_eq!(samples.insert(key, hit[3].parse().unwrap()), None, "twice: {line}");
        } else {
            panic!("not of the format: {line}");
        }
    }
    samples
}

/// Reads a page in the older format, by the rules of the format and of `promtool check metrics`.
pub(crate) fn read_plain(page: &str) -> BTreeMap<String, f64> {
    let name = "[a-z][a-z0-9_]*";
    let help = Regex::new(&format!("^# HELP ({name}) [A-Z][^\n]*[^.\n]$")).unwrap();
    let kind = Regex::new(&format!("^# TYPE ({name}) (gauge|counter)$")).unwrap();
    let sample = Regex::new(&format!(r"^({name})(\{{[^ ]*\}})? ([0-9]+(?:\.[0-9]+)?)$")).unwrap();
    let (mut samples, mut families) = (BTreeMap::new(), BTreeSet::new());
    let (mut family, mut type_) = (String::new(), String::new());
    for line in page.lines() {
        if let Some(hit) = help.captures(line) {
            hit[1].clone_into(&mut family);
            assert!(families.insert(family.clone()), "twice: {line}");
            type_.clear();
        } else if let Some(hit) = kind.captures(line) {
            assert_eq!(hit[1], family, "{line}");
            hit[2].clone_into(&mut type_);
            assert_eq!(family.ends_with("_total"), type_ == "counter", "{line}");
            let base = ["_seconds", "_total", "_info"].iter().find_map(|unit| family.strip_suffix(unit));
            let other = ["_milliseconds", "_minutes", "_count", "_sum", "_bucket", "_gauge", "_counter"];
            assert!(!other.iter().any(|word| base.unwrap_or(&family).ends_with(word)), "{line}");
        } else if let Some(hit) = sample.captures(line) {
            assert!(hit[1] == family && !type_.is_empty(), "{line}");
            let key = format!("{}{}", &hit[1], hit.get(2).map_or("", |labels| labels.as_str()));
            assert_eq!(samples.insert(key, hit[3].parse().unwrap()), None, "twice: {line}");
        } else {
            panic!("not of the format: {line}");
        }
    }
    samples
}

#[test]
#[should_panic(expected = "not of the format")]
fn a_label_that_is_not_closed_is_found() {
    read("# HELP herald_x Words\n# TYPE herald_x gauge\nherald_x{a=\"b} 1\n# EOF\n");
}

#[test]
#[should_panic(expected = "twice")]
fn a_sample_that_is_there_twice_is_found() {
    read("# HELP herald_x Words\n# TYPE herald_x gauge\nherald_x 1\nherald_x 1\n# EOF\n");
}
