//! `make demo`: a real Synapse, a Discord server in this process, and the real Herald between them, from `herald init` to the
//! end of a critical incident. It prints what it did, how long each effect of each command took, and the four rooms as
//! their readers saw them, and leaves nothing behind.

mod herald;
mod play;
mod show;
mod town;

use std::error::Error;

use play::Act;
use town::{Place, Town};

/// The incident: who says what, where, and by which words it is known that it has arrived.
const ACTS: &[Act] = &[
    Act {
        who: "mia",
        says: "!declare checkout is down --severity critical",
        causes: "INC-1 checkout is down",
        on: Place::WAR,
    },
    Act { who: "cleo", says: "!take spokesperson", causes: "is spokesperson now", on: Place::WAR },
    Act { who: "ben", says: "errors began with the deploy of 11:52", causes: "errors began with", on: Place::WAR },
    Act { who: "max", says: "!finding every card payment is refused", causes: "is on the timeline", on: Place::WAR },
    Act {
        who: "cleo",
        says: "!update Card payments fail for everybody, we are rolling back next 25m",
        causes: "Card payments fail",
        on: Place::COMPANY,
    },
    Act { who: "mia", says: "!mitigated the deploy is rolled back", causes: "rolled back", on: Place::WAR },
    Act {
        who: "cleo",
        says: "!update Payments work again, and no order is lost next 30m",
        causes: "Payments work again",
        on: Place::COMPANY,
    },
    Act { who: "mia", says: "!resolve a bad deploy, rolled back", causes: "resolved after", on: Place::WAR },
    Act {
        who: "cleo",
        says: "!update All of it works. A check before each deploy will catch this. final",
        causes: "All of it works",
        on: Place::COMPANY,
    },
    Act { who: "mia", says: "!close", causes: "Promises: ", on: Place::WAR },
];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("A homeserver (Synapse) and a Discord server are started on this machine, with people on both.");
    let mut town = Town::new().await?;
    println!("On Matrix: mia, max, and mona, who is in no war room. On Discord: ben, cleo, and dora likewise.");

    println!("\n── herald init: the admin's part, here by flags ──\n");
    herald::init(&town).await?;
    println!("\n── herald run ──\n");
    let running = herald::start(town.home()).await?;
    town.settle_in().await?;

    println!(
        "\n── The incident: each command, and how long until a reader's client in each room showed what it caused ──\n"
    );
    for act in ACTS {
        play::play(act, &town).await?;
    }
    for place in [Place::WAR, Place::COMPANY].into_iter().flatten() {
        show::room(*place, &town).await?;
    }
    let status = running.stop().await?;
    town.stop().await?;
    println!("\nHerald ended with status {status}, Synapse is stopped, and nothing is left behind.");
    println!("With your own servers: `herald init` asks for what it needs. Without any: `make practice`.");
    Ok(())
}
