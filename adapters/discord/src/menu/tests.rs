use super::*;

fn item(name: &'static str, heading: Option<&'static str>) -> MenuItem {
    let fields = vec![
        Field { name: "text", summary: "What it is about".to_owned(), kind: FieldKind::Text, is_required: true },
        Field { name: "who", summary: "x".repeat(300), kind: FieldKind::Person, is_required: false },
        Field {
            name: "severity",
            summary: "How bad it is".to_owned(),
            kind: FieldKind::OneOf(vec!["minor", "major", "critical"]),
            is_required: false,
        },
        Field { name: "no", summary: "Which incident".to_owned(), kind: FieldKind::Suggested, is_required: false },
        Field { name: "drill", summary: "For practice".to_owned(), kind: FieldKind::Switch, is_required: false },
    ];
    MenuItem { name, heading, is_top: false, summary: "Does what has to be done".to_owned(), fields, opens_form: false }
}

/// The names of all items anywhere in the commands.
fn items(commands: &[Value]) -> Vec<String> {
    fn walk(value: &Value, found: &mut Vec<String>) {
        let inner: Vec<&Value> = value["options"].as_array().into_iter().flatten().collect();
        if inner.iter().all(|it| it["type"].as_u64() > Some(2)) {
            found.push(value["name"].as_str().unwrap().to_owned());
        } else {
            for it in inner {
                walk(it, found);
            }
        }
    }
    let mut found = Vec::new();
    for it in commands {
        walk(it, &mut found);
    }
    found.sort();
    found
}

fn within_limits(value: &Value) {
    for key in ["options", "choices"] {
        let inner = value[key].as_array().map(Vec::as_slice).unwrap_or_default();
        assert!(inner.len() <= 25, "{} stand under {}", inner.len(), value["name"]);
        inner.iter().for_each(within_limits);
    }
    if let Some(text) = value["description"].as_str() {
        assert!((1..=100).contains(&text.chars().count()), "{text}");
    }
    assert!(value["name"].as_str().unwrap().len() <= 32);
}

#[test]
fn headings_are_groups_and_what_is_used_most_stands_by_itself() {
    let top = MenuItem { is_top: true, ..item("update", None) };
    let menu = [top, item("assign", Some("roles")), item("accept", Some("roles")), item("declare", None)];
    let made = commands(&menu);
    let names: Vec<&str> = made.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["update", "incident"]);
    let tree: Vec<(&str, u64)> = made[1]["options"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["name"].as_str().unwrap(), it["type"].as_u64().unwrap()))
        .collect();
    assert_eq!(tree, [("declare", 1), ("roles", 2)]);
    let kinds: Vec<u64> =
        made[0]["options"].as_array().unwrap().iter().map(|it| it["type"].as_u64().unwrap()).collect();
    assert_eq!(kinds, [3, 6, 3, 3, 5]);
    assert_eq!(made[0]["options"][3]["autocomplete"], true);
    assert_eq!(made[0]["options"][2]["choices"][1], json!({ "name": "major", "value": "major" }));
}

#[test]
fn however_large_the_menu_is_every_item_is_offered_within_discords_limits() {
    let mut menu = Vec::new();
    for n in 0..180 {
        let name: &'static str = format!("command-{n}").leak();
        let heading: &'static str = format!("heading-{}", n % 4).leak();
        menu.push(item(name, (n % 5 != 0).then_some(heading)));
    }
    let made = commands(&menu);
    for command in &made {
        within_limits(command);
        assert!(size(command) <= CHARACTERS, "{} has {} characters", command["name"], size(command));
    }
    let mut expected: Vec<String> = menu.iter().map(|it| it.name.to_owned()).collect();
    expected.sort();
    assert_eq!(items(&made), expected);
    assert!(made.len() <= 100);
    let mut names: Vec<&str> = made.iter().map(|it| it["name"].as_str().unwrap()).collect();
    names.dedup();
    assert_eq!(names.len(), made.len(), "two commands have one name");
}
