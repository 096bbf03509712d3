//! One life of the binary. However the test ends, the process is killed and reaped.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// When it is killed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Moment {
    /// While it starts, after so many turns of the scheduler, with nobody waiting for a sign of life.
    AtStart { turns: u32 },
    /// Once it has shown so many lines, and so many turns later.
    AfterLines { lines: usize, turns: u32 },
}

pub(crate) struct Life(Child);

impl Life {
    pub(crate) fn start(data: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
        command.args(["practice", "--data"]).arg(data);
        Self(command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap())
    }

    /// Plays these lines and ends by itself, with everything delivered.
    pub(crate) fn live_on(mut self, lines: &[&str]) {
        let mut input = self.0.stdin.take().unwrap();
        for line in lines {
            writeln!(input, "{line}").unwrap();
        }
        drop(input);
        let mut shown = String::new();
        self.0.stdout.take().unwrap().read_to_string(&mut shown).unwrap();
        let status = self.0.wait().unwrap();
        assert!(status.success(), "{status}, having shown {shown}, with {}", self.complaints());
    }

    /// Plays these lines and is killed.
    pub(crate) fn die(mut self, lines: &[String], moment: Moment) {
        let mut input = self.0.stdin.take().unwrap();
        // Fits into the pipe: it never waits for the other end.
        input.write_all(lines.join("\n").as_bytes()).and_then(|()| input.write_all(b"\n")).unwrap();
        // Kept to the end: nobody dies of a closed pipe here.
        let mut output = BufReader::new(self.0.stdout.take().unwrap()).lines();
        let turns = match moment {
            Moment::AtStart { turns } => turns,
            Moment::AfterLines { lines, turns } => {
                // Each line that is played is shown, so there are as many.
                let shown = output.by_ref().take(lines).count();
                assert_eq!(shown, lines, "it ended by itself, with {}", self.complaints());
                turns
            }
        };
        (0..turns).for_each(|_| std::thread::yield_now());
        if let Some(status) = self.0.try_wait().unwrap() {
            panic!("it ended by itself, {status}, with {}", self.complaints());
        }
        drop((self, input, output));
    }

    fn complaints(&mut self) -> String {
        let _ = self.0.kill();
        let mut complaints = String::new();
        let _ = self.0.stderr.take().map(|mut stderr| stderr.read_to_string(&mut complaints));
        complaints
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        // On Unix this is SIGKILL.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
