//! What goes wrong on the gateway when a test says so.

use std::time::Duration;

use serde_json::json;

use crate::discord::Discord;
use crate::gateway::Frame;

impl Discord {
    /// How often clients are told to send heartbeats. A client that is silent for twice as long is closed with 4009. At most a
    /// day.
    pub fn heartbeat(&self, every: Duration) {
        let ms = u64::try_from(every.as_millis()).unwrap_or(u64::MAX).min(86_400_000);
        self.server.shared.with(|state| state.sessions.heartbeat_ms = Some(ms));
    }

    /// Lets events come twice, or after the next one: chances from 0.0, never, to 1.0, always. An event that no other
    /// follows comes 50 ms late.
    pub fn jumble(&self, twice: f64, late: f64) {
        self.server.shared.with(|state| {
            state.sessions.twice = twice;
            state.sessions.late = late;
        });
    }

    /// Lets connections hear nothing more, not even that their heartbeats came; and lets them hear it all later.
    pub fn stall(&self, stalled: bool) {
        self.server.change_mood(|it| it.stalled = stalled);
    }

    /// Lets new connections wait for their hello; and lets them have it.
    pub fn withhold_hello(&self, silent: bool) {
        self.server.change_mood(|it| it.silent = silent);
    }

    /// Cuts all connections that have a session. The sessions can be resumed.
    pub fn cut_gateway(&self) {
        self.order(&Frame::Cut);
    }

    /// Closes all connections that have a session, with a code.
    pub fn close_gateway(&self, code: u16, reason: &'static str) {
        self.order(&Frame::Close(code, reason));
    }

    /// Asks all clients to connect again and resume (op 7).
    pub fn ask_to_reconnect(&self) {
        self.order(&Frame::Send(json!({ "op": 7, "d": null, "s": null, "t": null })));
    }

    /// Declares all sessions invalid (op 9): to be resumed on a new connection, or gone.
    pub fn invalidate_sessions(&self, resumable: bool) {
        self.order(&Frame::Send(json!({ "op": 9, "d": resumable, "s": null, "t": null })));
        if !resumable {
            self.server.shared.with(|state| state.sessions.by_id.clear());
        }
    }

    /// Lets no session be resumed: who tries is told to identify.
    pub fn refuse_resumes(&self, refuse: bool) {
        self.server.shared.with(|state| state.sessions.unresumable = refuse);
    }

    /// Holds applications to one identify in 5 seconds, as Discord does: a second one is answered with op 9. Off unless
    /// a test says so, since a test that restarts its bot would spend its time waiting.
    pub fn pace_identifies(&self, paced: bool) {
        self.server.shared.with(|state| state.sessions.paced = paced);
    }

    fn order(&self, frame: &Frame) {
        self.server.shared.with(|state| {
            for session in state.sessions.by_id.values() {
                session.order(frame.clone());
            }
        });
    }
}
