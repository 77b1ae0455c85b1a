//! The parts of Python's standard library whose exact behaviour shows in Django's output, as in CPython 3.13: a file
//! for each module or type.

mod chars;
mod codecs;
mod posixpath;
mod quote;
mod repr;
mod urljoin;
mod urlsplit;

pub(crate) use chars::{is_space, is_word, strip};
pub(crate) use codecs::decode_error;
pub(crate) use posixpath::{dirname, join, normpath};
pub(crate) use quote::{filepath_to_uri, unquote};
pub(crate) use repr::repr;
pub(crate) use urljoin::{urldefrag, urljoin};
pub(crate) use urlsplit::{Python, unsplit, urlsplit, urlunsplit};
