//! The order of linking: strongly connected components of the reference graph, dependencies first.

/// A set of nodes that refer to one another in a circle, or a single node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Component {
    /// The nodes, ascending.
    pub(crate) nodes: Vec<usize>,
    /// Whether the nodes refer to one another, or the only node to itself.
    pub(crate) cyclic: bool,
}

/// Groups the components into levels: a component refers only to components of earlier levels. All of one level can be
/// linked in parallel.
///
/// `edges[n]` are the nodes that node `n` refers to. Tarjan's algorithm, without recursion: `@import` chains may have
/// any length.
pub(crate) fn levels(edges: &[Vec<usize>]) -> Vec<Vec<Component>> {
    let mut levels: Vec<Vec<Component>> = Vec::new();
    let mut level_of = vec![0; edges.len()];
    for nodes in components(edges) {
        let inside = |node: &usize| nodes.binary_search(node).is_ok();
        let targets = || nodes.iter().flat_map(|&node| &edges[node]);
        let cyclic = targets().any(inside);
        let level = targets()
            .filter(|target| !inside(target))
            .map(|&target| level_of[target] + 1)
            .max()
            .unwrap_or(0);
        for &node in &nodes {
            level_of[node] = level;
        }
        if levels.len() <= level {
            levels.resize_with(level + 1, Vec::new);
        }
        levels[level].push(Component { nodes, cyclic });
    }
    levels
}

const UNSEEN: usize = usize::MAX;

/// The components, dependencies first, each sorted.
fn components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut found = Vec::new();
    let mut order = vec![UNSEEN; edges.len()];
    let mut low = vec![0; edges.len()];
    let mut on_stack = vec![false; edges.len()];
    let mut stack = Vec::new();
    let mut clock = 0;
    for start in 0..edges.len() {
        if order[start] != UNSEEN {
            continue;
        }
        let mut path = vec![(start, 0)];
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            if *next == 0 {
                order[node] = clock;
                low[node] = clock;
                clock += 1;
                stack.push(node);
                on_stack[node] = true;
            }
            if let Some(&target) = edges[node].get(*next) {
                *next += 1;
                if order[target] == UNSEEN {
                    path.push((target, 0));
                } else if on_stack[target] {
                    low[node] = low[node].min(order[target]);
                }
                continue;
            }
            path.pop();
            if let Some((parent, _)) = path.last() {
                low[*parent] = low[*parent].min(low[node]);
            }
            if low[node] == order[node] {
                let at = stack.iter().rposition(|n| *n == node).unwrap_or(0);
                let mut nodes = stack.split_off(at);
                for &node in &nodes {
                    on_stack[node] = false;
                }
                nodes.sort_unstable();
                found.push(nodes);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(edges: &[Vec<usize>]) -> Vec<Vec<(Vec<usize>, bool)>> {
        levels(edges)
            .into_iter()
            .map(|level| {
                let mut level: Vec<_> = level.into_iter().map(|c| (c.nodes, c.cyclic)).collect();
                level.sort();
                level
            })
            .collect()
    }

    #[test]
    fn levels_and_cycles() {
        // 0 → 1 → 2 ⇄ 3 → 4, 5 → 5, 6 alone
        let edges = vec![
            vec![1],
            vec![2],
            vec![3],
            vec![2, 4],
            vec![],
            vec![5],
            vec![],
        ];
        assert_eq!(
            shape(&edges),
            [
                vec![(vec![4], false), (vec![5], true), (vec![6], false)],
                vec![(vec![2, 3], true)],
                vec![(vec![1], false)],
                vec![(vec![0], false)],
            ]
        );
    }

    #[test]
    fn depth_costs_no_stack() {
        let count = 100_000;
        let chain: Vec<Vec<usize>> = (0..count)
            .map(|n| if n + 1 < count { vec![n + 1] } else { vec![] })
            .collect();
        assert_eq!(levels(&chain).len(), count);
        let ring: Vec<Vec<usize>> = (0..count).map(|n| vec![(n + 1) % count]).collect();
        assert_eq!(levels(&ring)[0][0].nodes.len(), count);
    }
}
