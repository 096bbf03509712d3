//! What people outside must not read, in any transcript.

/// What Herald says: the room and the words of each line.
fn said(shown: &str) -> impl Iterator<Item = (&str, &str)> {
    shown.lines().filter_map(|line| {
        let (place, words) = line.split_once(" herald: ")?;
        let room = place.split_once(' ')?.1;
        // The rooms of the second network are for the same people.
        Some((room.strip_prefix("annex:").unwrap_or(room), words))
    })
}

#[test]
fn nobody_outside_reads_who_has_which_role_but_for_who_speaks() {
    for name in super::NAMES {
        let (shown, _) = super::play(name);
        for (room, words) in said(&shown).filter(|(room, _)| *room == "company" || *room == "customers") {
            for role in ["commander", "responder", "observer"] {
                assert!(!words.contains(role), "{name}, in {room}: {words}");
            }
        }
    }
}

#[test]
fn the_title_of_a_security_incident_stays_in_its_room() {
    let security = super::NAMES.iter().filter(|name| name.contains("security"));
    let mut titles = 0;
    for name in security {
        let (shown, _) = super::play(name);
        let script = super::script(name);
        let declared = script.lines().filter(|line| line.contains("--security"));
        for title in declared.filter_map(|line| line.split_once("!declare ")?.1.split(" --").next()) {
            titles += 1;
            assert!(said(&shown).any(|(room, words)| room == "inc-1" && words.contains(title)), "{name}: {title}");
            for (room, words) in said(&shown).filter(|(room, _)| *room != "inc-1") {
                assert!(!words.contains(title), "{name}, in {room}: {words}");
            }
        }
    }
    assert!(titles >= 2, "the scripts of security incidents were not found");
}
