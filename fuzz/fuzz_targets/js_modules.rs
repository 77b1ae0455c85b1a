#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hashstatic::fuzzing::js_modules(bytes));
