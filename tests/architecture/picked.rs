//! What runs against a server is picked by name in `.config/nextest.toml`, and a name is easily forgotten there.

use std::fs;
use std::path::Path;

use super::sources;

#[test]
fn every_module_that_tests_against_a_server_is_picked_by_a_filter() {
    let config = fs::read_to_string(".config/nextest.toml").unwrap();
    let picked = picked(&config);
    let mut wrong = Vec::new();
    for dir in ["tests/bridge", "tests/discord", "tests/matrix"] {
        let main = fs::read_to_string(format!("{dir}/main.rs")).unwrap();
        for name in main.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')) {
            if holds_tests(dir, name) && !picked.contains(&name) {
                wrong.push(format!(
                    "{dir}/{name}: put `{name}` into a filter of the group `servers` in .config/nextest.toml"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// The names in the filters: `killed` and `faults` of `test(/^(killed|faults)::/)`.
fn picked(config: &str) -> Vec<&str> {
    let lists = config.split("test(/^(").skip(1).filter_map(|rest| rest.split_once(")::/"));
    lists.flat_map(|(list, _)| list.split('|')).collect()
}

/// Whether there is a test in a module of `dir`. Those with a path of their own are helpers.
fn holds_tests(dir: &str, name: &str) -> bool {
    let folder = Path::new(dir).join(name);
    sources(dir).iter().filter(|file| file.with_extension("") == folder || file.starts_with(&folder)).any(|file| {
        let source = fs::read_to_string(file).unwrap();
        source.lines().any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
    })
}
