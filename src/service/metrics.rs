//! The page of metrics, in the text format of `OpenMetrics`. `docs/operations.md` says what each means.

use std::fmt;

use herald_chat::Network;
use jiff::Timestamp;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeGaugeValue, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{Registry, Unit};
use strum::VariantNames;

use super::seen::{Lane, Seen, Waiting};
use crate::command::VERBS;
use crate::incident::Refusal;
use crate::outbox::Rank;

/// What the page is.
pub(super) const KIND: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
/// What it is for who does not ask for that.
pub(super) const PLAIN_KIND: &str = "text/plain; version=0.0.4; charset=utf-8";
/// The steps of the ladder by name. All from the fourth on are `again`.
const STEPS: [&str; 4] = ["soon", "due", "late", "again"];

/// All that is told, of one moment.
#[derive(Debug)]
pub(super) struct Scrape {
    pub(super) seen: Seen,
    pub(super) now: Timestamp,
    /// Of each network, whether Herald is on it now, and for how many seconds it has not been synced, if it was ever.
    pub(super) networks: Vec<(Network, bool, Option<f64>)>,
}

/// The page.
pub(super) fn page(scrape: Scrape) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix("herald");
    registry.register_collector(Box::new(scrape));
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

/// The same page for who does not ask for `OpenMetrics`, in the older format that Prometheus calls text: it knows neither units nor
/// the type `info`, and names a family as its samples.
pub(super) fn plain(page: &str) -> String {
    let mut text = String::with_capacity(page.len());
    let mut help = "";
    for line in page.lines() {
        if let Some(words) = line.strip_prefix("# HELP ") {
            help = words.split_once(' ').map_or("", |(_, help)| help);
        } else if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|words| words.split_once(' ')) {
            let (suffix, kind) = match kind {
                "counter" => ("_total", "counter"),
                "info" => ("_info", "gauge"),
                other => ("", other),
            };
            text.extend(["# HELP ", name, suffix, " ", help, "\n# TYPE ", name, suffix, " ", kind, "\n"]);
        } else if !line.starts_with('#') {
            text.extend([line, "\n"]);
        }
    }
    text
}

type Labels<const N: usize> = [(&'static str, String); N];

impl Collector for Scrape {
    fn encode(&self, mut to: DescriptorEncoder<'_>) -> fmt::Result {
        let (to, seen) = (&mut to, &self.seen);
        let version = ("version", env!("CARGO_PKG_VERSION").to_owned());
        to.encode_descriptor("build", "Which Herald this is", None, MetricType::Info)?.encode_info(&[version])?;

        let lanes = seen.lanes.iter();
        gauges(to, "posts_waiting", "Posts not sent yet", None, lanes.clone().map(|(lane, it)| (of(lane), it.posts)))?;
        let ages = lanes.map(|(lane, it)| (of(lane), self.age(*it)));
        gauges(to, "oldest_post_age", "Since the oldest of them was decided", Some(&Unit::Seconds), ages)?;

        let networks = || self.networks.iter().map(|(network, up, age)| ([("network", network.to_string())], up, age));
        let up = networks().map(|(labels, up, _)| (labels, u64::from(*up)));
        gauges(to, "connected", "Whether Herald is on the network", None, up)?;
        let ages = networks().filter_map(|(labels, _, age)| Some((labels, (*age)?)));
        gauges(to, "sync_age", "Since the network last told all there was", Some(&Unit::Seconds), ages)?;

        let tally = &seen.tally;
        let commands = VERBS.iter().map(|verb| (verb.name, tally.commands.get(verb.name)));
        counters(to, "commands", "Commands understood since the start", "command", commands)?;
        let refusals = Refusal::VARIANTS.iter().map(|code| (*code, tally.refusals.get(code)));
        counters(to, "refusals", "Commands refused since the start", "code", refusals)?;
        let mut steps = [0; STEPS.len()];
        for (step, count) in &tally.reminders {
            let at = usize::try_from(*step).unwrap_or(usize::MAX).min(STEPS.len() - 1);
            if let Some(sum) = steps.get_mut(at) {
                *sum += count;
            }
        }
        let reminders = STEPS.into_iter().zip(steps.iter().map(Some));
        counters(to, "reminders", "Reminders of an update since the start", "step", reminders)?;

        counter(to, "promises_kept", "Promised updates that came in time, ever", seen.kept)?;
        counter(to, "promises_broken", "Promised updates that came late or never, ever", seen.broken)?;
        let open = seen.open.iter().map(|(severity, n)| ([("severity", severity.to_string())], *n));
        gauges(to, "incidents_open", "Incidents that are not over", None, open)?;
        counter(to, "records", "Records in the journal", seen.records)
    }
}

impl Scrape {
    /// In seconds.
    fn age(&self, waiting: Waiting) -> f64 {
        waiting.oldest.map_or(0.0, |oldest| self.now.duration_since(oldest).as_secs_f64().max(0.0))
    }
}

fn of(lane: &Lane) -> Labels<3> {
    let rank = match lane.rank {
        Rank::Public => "public",
        Rank::Inside => "inside",
        Rank::Board => "board",
        Rank::Last => "last",
    };
    [("room", lane.room.clone()), ("audience", lane.audience.to_owned()), ("lane", rank.to_owned())]
}

fn gauges<const N: usize, V: EncodeGaugeValue>(
    to: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    unit: Option<&Unit>,
    values: impl Iterator<Item = (Labels<N>, V)>,
) -> fmt::Result {
    let mut metric = to.encode_descriptor(name, help, unit, MetricType::Gauge)?;
    for (labels, value) in values {
        metric.encode_family(&labels)?.encode_gauge(&value)?;
    }
    Ok(())
}

fn counters<'a>(
    to: &mut DescriptorEncoder<'_>,
    name: &str,
    help: &str,
    label: &'static str,
    values: impl Iterator<Item = (&'static str, Option<&'a u64>)>,
) -> fmt::Result {
    let mut metric = to.encode_descriptor(name, help, None, MetricType::Counter)?;
    for (word, count) in values {
        let count = count.copied().unwrap_or_default();
        metric.encode_family(&[(label, word)])?.encode_counter::<NoLabelSet, _, u64>(&count, None)?;
    }
    Ok(())
}

fn counter(to: &mut DescriptorEncoder<'_>, name: &str, help: &str, count: u64) -> fmt::Result {
    let mut metric = to.encode_descriptor(name, help, None, MetricType::Counter)?;
    metric.encode_counter::<NoLabelSet, _, u64>(&count, None)
}
