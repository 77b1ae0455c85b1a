#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| hashstatic::fuzzing::django_exact(text));
