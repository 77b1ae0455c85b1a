//! Ctrl-C: a build that is asked to stop takes away what it has made.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// The exit status of a run that was interrupted.
pub(crate) const STATUS: u8 = 130;
/// How soon somebody who waits is answered.
const ANSWER: Duration = Duration::from_millis(50);

/// Whether this process was asked to stop.
#[derive(Debug, Clone, Default)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on, the first signal asks the run to stop, and the second one ends the process at once, as a kill does.
    /// Where signals cannot be caught, the first one does.
    pub(crate) fn listen() -> Self {
        let interrupt = Self::default();
        for signal in [SIGINT, SIGTERM] {
            let asked = &interrupt.0;
            let ends = flag::register_conditional_shutdown(signal, STATUS.into(), asked.clone());
            if ends.is_ok() {
                let _ = flag::register(signal, asked.clone());
            }
        }
        let answered = interrupt.clone();
        thread::spawn(move || {
            while !answered.is_set() {
                thread::sleep(ANSWER);
            }
            let text =
                "stopping, and taking away what was made; interrupt once more to stop at once";
            let _ = writeln!(anstream::stderr(), "{text}");
        });
        interrupt
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
