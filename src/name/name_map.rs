//! Maps by name. Every name of a large tree is looked up many times, so they hash faster than the standard library's; file
//! names can come from strangers, so they are keyed, too.

use std::collections::{HashMap, HashSet};

pub(crate) type NameMap<V, K = String> = HashMap<K, V, ahash::RandomState>;
pub(crate) type NameSet = HashSet<String, ahash::RandomState>;
