#![no_main]

// lightningcss may panic: the library catches that, where libfuzzer-sys's hook would end the process at once. A panic
// that nobody catches still does.
libfuzzer_sys::fuzz_target!(
    init: std::panic::set_hook(Box::new(|panic| eprintln!("{panic}"))),
    |bytes: &[u8]| hashstatic::fuzzing::css_full(bytes)
);
