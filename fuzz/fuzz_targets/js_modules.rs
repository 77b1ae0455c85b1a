#![no_main]

// As for css_full: the parser may panic, which the library catches. Its debug assertions do where it describes an error.
libfuzzer_sys::fuzz_target!(
    init: std::panic::set_hook(Box::new(|panic| eprintln!("{panic}"))),
    |bytes: &[u8]| hashstatic::fuzzing::js_modules(bytes)
);
