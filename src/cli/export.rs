//! `herald export`: the file of one incident.

use clap::ValueEnum;

use super::data::{Data, incidents, print, read};
use super::{Failure, Roots};
use crate::announce;
use crate::config::Config;
use crate::incident::sight::Viewer;
use crate::incident::{Audience, Incident, IncidentNo, Record, Seq};
use crate::journal::{Journal, JournalError};

/// Print the file of one incident: timeline, updates, situation reports, roles over time.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which incident.
    #[arg(value_name = "INC-1")]
    incident: IncidentNo,
    /// How it is written.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Md)]
    format: Format,
    /// Who will read it: what they may not see is left out.
    #[arg(long, value_enum, value_name = "AUDIENCE", default_value_t = Reader::WarRoom)]
    audience: Reader,
    #[command(flatten)]
    data: Data,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Md,
    Json,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Reader {
    WarRoom,
    Engineering,
    Company,
    Customers,
}

impl Reader {
    fn viewer(self, no: IncidentNo) -> Viewer {
        match self {
            Self::WarRoom => Viewer::Own(no),
            Self::Engineering => Viewer::Audience(Audience::Engineering),
            Self::Company => Viewer::Audience(Audience::Company),
            Self::Customers => Viewer::Audience(Audience::Customers),
        }
    }
}

pub(super) fn run(args: &Args, config: &Config, roots: &Roots) -> Result<(), Failure> {
    let no = args.incident;
    let reading = read(args.data.dir(config), roots)?;
    let journal = reading.journal.as_ref();
    let records = records(journal, no)?;
    let Some(incident) = fold(&records) else {
        return Err(unknown(no, incidents(journal)?).into());
    };
    let file = announce::export(&incident, &records, args.audience.viewer(no));
    match args.format {
        Format::Md => print(&file.to_markdown(&config.herald.zone)),
        Format::Json => print(&format!("{}\n", serde_json::to_string_pretty(&file)?)),
    }
}

/// All records of an incident, oldest first.
fn records(journal: &dyn Journal, no: IncidentNo) -> Result<Vec<Record>, JournalError> {
    let over = journal.tables()?.summaries.into_iter().find(|summary| summary.no == no);
    let range = over.map_or(1..=Seq::MAX, |summary| summary.first..=summary.last);
    let mut records = Vec::new();
    journal.scan(range, &mut |record| {
        if record.incident == no {
            records.push(record);
        }
    })?;
    Ok(records)
}

fn fold(records: &[Record]) -> Option<Incident> {
    let (first, rest) = records.split_first()?;
    let mut incident = Incident::declared(first)?;
    for record in rest {
        incident.apply(record);
    }
    Some(incident)
}

fn unknown(no: IncidentNo, last: u64) -> String {
    match last {
        0 => format!("there is no {no}: no incident was declared here yet. Give another directory with --data"),
        1 => format!("there is no {no}: INC-1 is the only incident here"),
        last => format!("there is no {no}: the incidents here are INC-1 to INC-{last}"),
    }
}
