//! The progress bar: on a terminal only, while there is something to wait for.

use std::io::{self, IsTerminal as _};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hashstatic::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::interrupt::Interrupt;

/// Redraws per second.
const RATE: u8 = 10;

/// Shows how far compressing has come.
#[derive(Default)]
pub(crate) struct Bar {
    shown: bool,
    interrupt: Interrupt,
    contents: AtomicUsize,
    of: AtomicUsize,
    drawn: OnceLock<ProgressBar>,
}

impl Bar {
    /// A bar on stderr, if that is a terminal and `wanted`.
    pub(crate) fn new(wanted: bool, interrupt: Interrupt) -> Self {
        Self {
            shown: wanted && io::stderr().is_terminal(),
            interrupt,
            ..Self::default()
        }
    }
}

impl Progress for Bar {
    fn compressing(&self, contents: usize, bytes: u64) {
        if !self.shown {
            return;
        }
        self.of.store(contents, Ordering::Relaxed);
        self.drawn.get_or_init(|| {
            let bar = ProgressBar::with_draw_target(
                Some(bytes),
                ProgressDrawTarget::stderr_with_hz(RATE),
            );
            let template =
                "compressing {bar:30} {msg}, {decimal_bytes} of {decimal_total_bytes}, {eta} left";
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar.enable_steady_tick(Duration::from_millis(500));
            bar
        });
    }

    fn compressed(&self, bytes: u64) {
        if let Some(bar) = self.drawn.get() {
            let done = self.contents.fetch_add(1, Ordering::Relaxed) + 1;
            bar.set_message(format!("{done}/{} files", self.of.load(Ordering::Relaxed)));
            bar.inc(bytes);
        }
    }

    fn is_interrupted(&self) -> bool {
        self.interrupt.is_set()
    }

    fn end(&self) {
        if let Some(bar) = self.drawn.get() {
            bar.finish_and_clear();
        }
    }
}
