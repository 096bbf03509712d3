//! Everything that was to be posted stands in its room once, and in the order in which it was decided.

use std::collections::BTreeMap;

use herald::outbox::Rank;

use super::evidence::{Evidence, words};

/// What the rooms say while the disk is full: the only thing that is not decided durably.
const DISK_FULL: &str = "I could not write that down";

/// What a post says when it is sent at once, and when it is sent late.
type Words = [String; 2];

pub(super) fn check(evidence: &Evidence) -> Result<(), String> {
    let mut keys = BTreeMap::new();
    for entry in evidence.entries() {
        if let Some(first) = keys.insert(&entry.key, entry)
            && (&first.dest, &first.action) != (&entry.dest, &entry.action)
        {
            return Err(format!("two entries have one key, so that one of them is lost: {first:?}, {entry:?}"));
        }
    }
    let mut posts = evidence.posts();
    let mut lanes: BTreeMap<String, BTreeMap<(String, Rank), Vec<Words>>> = BTreeMap::new();
    for entry in evidence.entries().filter(|entry| entry.rank != Rank::Board) {
        let Some(text) = words(entry) else { continue };
        let room = evidence.room(&entry.dest).ok_or_else(|| format!("no room for {entry:?}"))?;
        if evidence.refused.contains(&entry.key) {
            if !matches!(room.as_str(), "company" | "customers") {
                return Err(format!("the platform took no post in {room}: {text}"));
            }
            continue;
        }
        let says = [text.to_string(), text.clone().aged().to_string()];
        let lane = (format!("{:?}", entry.dest), entry.rank);
        let lane = lanes.entry(room.clone()).or_default().entry(lane).or_default();
        // Decided again after a restart, word for word: it is the same post, as long as the platform remembers.
        let there = || posts.get(&room).into_iter().flatten().filter(|post| says.contains(post)).count();
        if keys.remove(&entry.key).is_some() || lane.iter().filter(|before| **before == says).count() < there() {
            lane.push(says);
        }
    }
    for (room, lanes) in &lanes {
        let mut posts = posts.remove(room).unwrap_or_default();
        posts.retain(|post| !post.contains(DISK_FULL));
        let lanes: Vec<_> = lanes.values().map(Vec::as_slice).collect();
        let own = matches!(room.as_str(), "company" | "customers" | "war-room") || room.starts_with("inc-");
        if own && lanes.len() > 1 {
            return Err(format!("{room} has {} lanes, so nothing keeps it in order", lanes.len()));
        }
        compare(room, &posts, &lanes)?;
    }
    match posts.iter().find(|(_, posts)| posts.iter().any(|post| !post.contains(DISK_FULL))) {
        Some((room, posts)) => Err(format!("nothing was to be posted in {room}, and there is {posts:?}")),
        None => strays(evidence),
    }
}

/// Whether `posts` is made of all posts of all lanes, each lane in its order.
fn compare(room: &str, posts: &[String], lanes: &[&[Words]]) -> Result<(), String> {
    // All ways to be as far as this: a room has one lane, or two that may carry the same words.
    let mut ways = std::collections::BTreeSet::from([vec![0; lanes.len()]]);
    for (i, post) in posts.iter().enumerate() {
        let mut next = std::collections::BTreeSet::new();
        for way in &ways {
            for (lane, at) in way.iter().enumerate() {
                if lanes[lane].get(*at).is_some_and(|words| words.contains(post)) {
                    let mut further = way.clone();
                    further[lane] += 1;
                    next.insert(further);
                }
            }
        }
        if next.is_empty() {
            let way = ways.iter().next_back().cloned().unwrap_or_default();
            let expected: Vec<_> = way.iter().zip(lanes).map(|(at, lane)| lane.get(*at)).collect();
            let before = posts[..i].contains(post);
            let what = if before { "a second time or too late" } else { "too early or by nobody" };
            return Err(format!("post {} in {room} came {what}: {post:?}; next was {expected:?}", i + 1));
        }
        ways = next;
    }
    let whole: Vec<usize> = lanes.iter().map(|lane| lane.len()).collect();
    if ways.contains(&whole) {
        return Ok(());
    }
    let way = ways.iter().next_back().cloned().unwrap_or_default();
    let lost: Vec<_> = way.iter().zip(lanes).filter_map(|(at, lane)| lane.get(*at)).collect();
    Err(format!("lost in {room} after {} posts: {lost:?}", posts.len()))
}

/// Only updates stand in the company's channel.
fn strays(evidence: &Evidence) -> Result<(), String> {
    match evidence.standing.iter().find(|(author, _)| author != "herald") {
        Some((author, text)) => Err(format!("a message of {author}'s still stands where only updates do: {text}")),
        None => Ok(()),
    }
}
