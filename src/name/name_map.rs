//! Maps by name. Their hash is faster than the standard library's, as every name of a large tree is looked up many
//! times, and keyed, as file names can come from strangers.

use std::collections::{HashMap, HashSet};

pub(crate) type NameMap<V, K = String> = HashMap<K, V, ahash::RandomState>;
pub(crate) type NameSet = HashSet<String, ahash::RandomState>;
